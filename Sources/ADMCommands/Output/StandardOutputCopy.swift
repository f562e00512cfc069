import ADMModel
import Dispatch
import Glibc

/// Copies files to standard output, on a thread of its own, so that the process still answers signals while
/// nobody reads.
struct StandardOutputCopy: Sendable {
    private static let queue = DispatchQueue(label: "adm.standard-output")
    /// So much is taken by a pipe that is ready without waiting (pipe(7), `PIPE_BUF`).
    private static let portion = 4096

    private let output: StandardOutput

    init(_ output: StandardOutput) { self.output = output }

    /// Whether a file should not be shown in a terminal: its beginning holds a zero byte.
    static func isBinary(_ descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: portion)
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        return buffer.prefix(max(0, count)).contains(0)
    }

    /// Copies an open file from its beginning to its end.
    ///
    /// A reader that closes a pipe has seen enough; then the rest is not written, and that is success.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; `CancellationError`.
    func copy(_ descriptor: Int32, named name: String) async throws {
        var offset: off_t = 0
        while true {
            try Task.checkCancellation()
            let step: Int = await withCheckedContinuation { continuation in
                StandardOutputCopy.queue.async { [offset] in
                    continuation.resume(returning: self.step(descriptor, from: offset))
                }
            }
            try output.check()
            guard step >= 0 else {
                throw Failure(
                    .storage,
                    "\(name) cannot be read again for standard output",
                    cause: unsafe String(cString: strerror(Int32(-step)))
                )
            }
            if step == 0, isAtEnd(descriptor, offset) || output.isClosed { return }
            offset += off_t(step)
        }
    }

    private func isAtEnd(_ descriptor: Int32, _ offset: off_t) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) != 0 || offset >= status.st_size
    }

    /// Writes what can be written within a moment; returns how much, or a negative errno of reading.
    private func step(_ descriptor: Int32, from offset: off_t) -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        let count = unsafe pread(descriptor, &buffer, buffer.count, offset)
        guard count >= 0 else { return errno == EINTR ? 0 : -Int(errno) }
        var done = 0
        while done < count, output.isUsable {
            var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&request, 1, 50) > 0 else { break }
            let end = min(count, done + StandardOutputCopy.portion)
            output.write(bytes: Array(buffer[done..<end]))
            done = end
        }
        return done
    }
}
