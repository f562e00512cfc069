import NIOCore
import Testing

@testable import ADMTransfer

/// The timer that all transfers of a process share.
@Suite(.timeLimit(.minutes(1))) struct TicksTests {
    private let ticks = Ticks((EventLoops.group as any EventLoopGroup).next())

    /// Waits for the names of those who were woken, in their order.
    private func names(
        _ count: Int,
        _ begin: (AsyncStream<String>.Continuation) -> Void
    ) async -> [String] {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        begin(continuation)
        var names: [String] = []
        for await name in stream {
            names.append(name)
            if names.count == count { break }
        }
        return names
    }

    @Test func `everybody is woken once, in the order of their times`() async {
        let start = NIODeadline.now()
        let names = await names(4) { stream in
            for (name, time) in [("c", 90), ("a", 10), ("d", 130), ("b", 50)] {
                _ = ticks.wake(after: .milliseconds(Int64(time))) { stream.yield(name) }
            }
        }
        #expect(names == ["a", "b", "c", "d"])
        #expect(NIODeadline.now() - start >= .milliseconds(130) - Ticks.step)
    }

    @Test func `who does not want it any more is not woken, and the others are`() async {
        let names = await names(2) { stream in
            _ = ticks.wake(after: .milliseconds(80)) { stream.yield("last") }
            let first = ticks.wake(after: .milliseconds(20)) { stream.yield("never") }
            _ = ticks.wake(after: .milliseconds(40)) { stream.yield("first") }
            ticks.cancel(first)
        }
        #expect(names == ["first", "last"])
    }

    @Test func `there is a new timer after everybody was woken or went away`() async {
        for round in 0..<3 {
            let names = await names(1) { stream in
                let other = ticks.wake(after: .milliseconds(5)) {}
                if round == 1 { ticks.cancel(other) }
                _ = ticks.wake(after: .milliseconds(15)) { stream.yield("\(round)") }
            }
            #expect(names == ["\(round)"])
        }
    }
}
