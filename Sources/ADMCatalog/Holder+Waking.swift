package import ADMModel
import Dispatch
import Foundation
import Glibc

/// How one process tells another that there is something to look at.
///
/// Whoever changes something that concerns a process writes into that process's life sign, which
/// the process watches (inotify(7)). The content means nothing. A wake-up can be lost with the
/// watcher's kernel queue, so whoever waits also looks by itself from time to time.
extension Holder {
    /// Wakes a process; nothing happens where there is none.
    package static func wake(id: String, in layout: HomeLayout) {
        guard UUID(uuidString: id) != nil else { return }
        let descriptor = unsafe open(path(id, layout), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        // Closing it drops no lock: that belongs to the other open file (flock(2)).
        _ = unsafe pwrite(descriptor, "!", 1, off_t(membership.utf8.count))
        close(descriptor)
    }

    /// Wakes every process of this home.
    package static func wakeAll(in layout: HomeLayout) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.holders)) ?? []
        for name in names where name.hasSuffix(".lock") {
            wake(id: String(name.dropLast(".lock".count)), in: layout)
        }
    }

    /// An element each time somebody woke this process; several at once count as one.
    ///
    /// Without inotify, for example where its watches are used up, the sequence stays silent.
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
                Holder.path(id, layout),
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
