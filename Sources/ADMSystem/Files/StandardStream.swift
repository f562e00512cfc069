import Glibc
import SystemPackage

/// A stream that this process was given: standard input, output or error, or a terminal.
///
/// It is not closed, and may be one that never waits (`O_NONBLOCK`), because other processes share it.
package struct StandardStream: Sendable, Hashable {
    /// Standard input.
    package static let input = StandardStream(STDIN_FILENO)
    /// Standard output.
    package static let output = StandardStream(STDOUT_FILENO)
    /// Standard error.
    package static let error = StandardStream(STDERR_FILENO)

    /// The number that the kernel knows it by.
    package let number: Int32

    /// Creates a stream that somebody else keeps open.
    package init(_ number: Int32) { self.number = number }

    private var file: FileDescriptor { FileDescriptor(rawValue: number) }

    /// Writes a whole text, in one write(2) if the stream takes it at once.
    ///
    /// - Throws: The error of the write that failed; a part may have been written.
    package func write(_ text: String) throws(Errno) { try write(Array(text.utf8)) }

    /// Writes all bytes, in one write(2) if the stream takes them at once.
    ///
    /// - Throws: The error of the write that failed; a part may have been written.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                let count = try Errno.typed {
                    try unsafe rest.withUnsafeBytes { try unsafe file.write($0) }
                }
                rest = rest.dropFirst(count)
            } catch {
                guard error.code == EAGAIN else { throw error }
                _ = isReady(for: POLLOUT, within: -1)
            }
        }
    }

    /// The next bytes, at most `limit` of them; nil if none come within the time, none at the end.
    package func read(limit: Int, within milliseconds: Int32) throws(Errno) -> [UInt8]? {
        guard isReady(for: POLLIN, within: milliseconds) else { return nil }
        do {
            return try Errno.typed {
                try unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                    count = try unsafe file.read(
                        into: UnsafeMutableRawBufferPointer(buffer),
                        retryOnInterrupt: false
                    )
                }
            }
        } catch {
            guard error.code == EAGAIN || error.code == EINTR else { throw error }
            return nil
        }
    }

    /// Whether a read would not have to wait.
    package var hasInput: Bool { isReady(for: POLLIN, within: 0) }

    /// Whether a write of a few bytes would not have to wait, at the latest after the time.
    package func takesOutput(within milliseconds: Int32) -> Bool {
        isReady(for: POLLOUT, within: milliseconds)
    }

    private func isReady(for events: Int32, within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: number, events: Int16(events), revents: 0)
        return unsafe poll(&request, 1, milliseconds) > 0
    }
}
