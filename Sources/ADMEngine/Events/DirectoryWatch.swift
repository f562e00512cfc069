import Dispatch
import Foundation
import Glibc

/// Notices that files in a directory change (inotify(7)).
///
/// Every commit to a workspace's database writes to its log (`-wal`), whichever process makes it, so that nobody
/// has to be told of it and nothing but read access is needed. Watches can be used up, and some file systems know
/// of no changes that other machines make; therefore it also says that something may have changed after some time
/// without news.
enum DirectoryWatch {
    /// How long it waits for news.
    static let patience = Duration.seconds(2)

    /// An element for each change from now on, one after each ``patience``, and one at the deadline; several at
    /// once count as one.
    static func changes(
        in directory: String,
        deadline: ContinuousClock.Instant? = nil
    ) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let queue = DispatchQueue(label: "adm.watch")
        // They are only cancelled from elsewhere, which any thread may do.
        nonisolated(unsafe) let timer = DispatchSource.makeTimerSource(queue: queue)
        unsafe timer.schedule(
            deadline: .now() + patience.seconds,
            repeating: patience.seconds,
            leeway: .milliseconds(100)
        )
        unsafe timer.setEventHandler { continuation.yield() }
        nonisolated(unsafe) let alarm = DispatchSource.makeTimerSource(queue: queue)
        if let deadline {
            let left = ContinuousClock.now.duration(to: deadline)
            unsafe alarm.schedule(deadline: .now() + max(0, left.seconds))
        } else {
            unsafe alarm.schedule(deadline: .distantFuture)
        }
        unsafe alarm.setEventHandler { continuation.yield() }
        nonisolated(unsafe) let watch = source(for: directory, queue) { continuation.yield() }
        continuation.onTermination = { _ in
            unsafe timer.cancel()
            unsafe alarm.cancel()
            unsafe watch?.cancel()
        }
        unsafe timer.resume()
        unsafe alarm.resume()
        unsafe watch?.resume()
        return stream
    }

    /// What calls `changed` when the kernel reports a change; nil if it does not report any.
    private static func source(
        for directory: String,
        _ queue: DispatchQueue,
        _ changed: @escaping @Sendable () -> Void
    ) -> (any DispatchSourceRead)? {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let mask = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE)
        guard unsafe inotify_add_watch(descriptor, directory, mask) >= 0 else {
            close(descriptor)
            return nil
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
            changed()
        }
        source.setCancelHandler { close(descriptor) }
        return source
    }
}

extension Duration {
    /// The same in seconds.
    fileprivate var seconds: Double { self / .seconds(1) }
}
