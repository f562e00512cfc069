import ADMModel
import NIOCore
import NIOPosix

/// The threads that all connections of the process run on.
enum EventLoops {
    /// The process's own group, with no more threads than there are file descriptors for: a loop that
    /// cannot be made ends the process.
    static let group: MultiThreadedEventLoopGroup = {
        let loops = DescriptorBudget.ofProcess.loops(cores: System.coreCount)
        // It counts only before the first use, and somebody else may have set it.
        if loops < System.coreCount { NIOSingletons.groupLoopCountSuggestion = loops }
        return .singleton
    }()
}
