package import ADMModel
import Dispatch
import Foundation
import Glibc

/// How one process tells another that there is something to look at.
///
/// A process that changes something of another's writes into the file of the other's lock, which the other
/// watches (inotify(7)). The content means nothing. A wake-up can be lost with the watcher's kernel queue,
/// so a process that waits also looks by itself from time to time.
extension LivenessLock {
    /// Wakes a process; nothing happens if there is none.
    package static func wake(id: String, in layout: HomeLayout) {
        try? open(id, in: layout)?.write("!", at: Int64(membership.utf8.count))
    }

    /// Wakes every process of this home.
    package static func wakeAll(in layout: HomeLayout) {
        for id in all(in: layout) { wake(id: id, in: layout) }
    }

    /// An element each time somebody woke this process; several at once count as one.
    ///
    /// Without inotify, for example if its watches are used up, the sequence stays silent.
    package func wakeUps(in layout: HomeLayout) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return stream }
        guard
            unsafe inotify_add_watch(
                descriptor,
                LivenessLock.path(id, layout),
                UInt32(IN_MODIFY)
            ) >= 0
        else {
            close(descriptor)
            return stream
        }
        let queue = DispatchQueue(label: "adm.wake")
        // It is only cancelled from elsewhere, which any thread may do.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor,
            queue: queue
        )
        unsafe source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
            continuation.yield()
        }
        unsafe source.setCancelHandler { close(descriptor) }
        continuation.onTermination = { _ in unsafe source.cancel() }
        unsafe source.resume()
        return stream
    }
}
