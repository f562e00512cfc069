import Foundation
import Glibc
import Synchronization

/// Looks until it sees what it waits for: at once, after every change below a directory, and now and then,
/// because a process that was killed changes no file.
///
/// It has no time limit of its own: a test that may wait for ever carries a `.timeLimit`.
///
/// - Parameters:
///   - directory: The directory; it need not exist yet.
///   - look: What is seen now; nil if that is not what it waits for.
/// - Returns: What was seen.
/// - Throws: What `look` throws; `CancellationError` when the task is cancelled first.
@discardableResult
package func eventually<Value>(
    below directory: String,
    _ look: () async throws -> Value?
) async throws -> Value {
    let watch = DirectoryWatch(directory)
    defer { watch.end() }
    for await _ in watch.changes {
        try Task.checkCancellation()
        if let value = try await look() { return value }
    }
    throw CancellationError()
}

/// Tells of files that are written, made or renamed in a directory and its subdirectories (inotify(7)).
final class DirectoryWatch: Sendable {
    /// An element at the beginning, and one after every change; several at once count as one.
    let changes: AsyncStream<Void>
    private let isOver = Atomic(false)

    /// The longest time between two elements, in milliseconds.
    private static let patience: Int32 = 200
    private static let mask = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)

    /// Begins to watch, on a thread of its own.
    init(_ directory: String) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        changes = stream
        Thread.detachNewThread { [self] in
            let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            defer { if descriptor >= 0 { close(descriptor) } }
            while !isOver.load(ordering: .acquiring) {
                // Directories that were made since the last look are watched before the next one.
                DirectoryWatch.watch(directory, descriptor)
                continuation.yield()
                DirectoryWatch.wait(descriptor)
            }
            continuation.finish()
        }
    }

    /// Ends the watch soon.
    func end() { isOver.store(true, ordering: .releasing) }

    private static func watch(_ directory: String, _ descriptor: Int32) {
        // One that is watched already stays so; one that does not exist shows in its parent.
        let parent = URL(fileURLWithPath: directory).deletingLastPathComponent().path
        _ = unsafe inotify_add_watch(descriptor, parent, UInt32(IN_CREATE) | UInt32(IN_MOVED_TO))
        _ = unsafe inotify_add_watch(descriptor, directory, mask)
        let inside = FileManager.default.enumerator(atPath: directory)
        while let name = inside?.nextObject() as? String {
            guard inside?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory else {
                continue
            }
            _ = unsafe inotify_add_watch(descriptor, directory + "/" + name, mask)
        }
    }

    /// Returns after a change, or when patience is over.
    private static func wait(_ descriptor: Int32) {
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int(patience)))
        while ContinuousClock.now < end {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, patience) > 0 else { return }
            if hasChange(descriptor) { return }
        }
    }

    /// Reads what there is to read; whether it tells of more than what looking itself does.
    ///
    /// Opening a database makes its empty log and its shared memory.
    private static func hasChange(_ descriptor: Int32) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
        defer { unsafe buffer.deallocate() }
        var isFound = false
        let head = MemoryLayout<inotify_event>.size
        while true {
            let length = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            guard length > 0 else { return isFound }
            var offset = 0
            while offset + head <= length {
                let event = unsafe buffer.loadUnaligned(
                    fromByteOffset: offset,
                    as: inotify_event.self
                )
                let name = unsafe buffer[(offset + head)..<(offset + head + Int(event.len))]
                let text = unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
                let isOwn =
                    text.hasSuffix("-shm")
                    || text.hasSuffix("-wal") && event.mask & UInt32(IN_CREATE) != 0
                isFound = isFound || !isOwn
                offset += head + Int(event.len)
            }
        }
    }
}
