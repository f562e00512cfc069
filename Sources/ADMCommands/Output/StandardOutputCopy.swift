import ADMModel
import ADMSystem
import Dispatch

/// Copies files to standard output, on a thread of its own, so that the process still answers signals while
/// nobody reads.
struct StandardOutputCopy: Sendable {
    private static let queue = DispatchQueue(label: "adm.standard-output")
    /// So much is taken by a pipe that is ready without waiting (pipe(7), `PIPE_BUF`).
    private static let portion = 4096

    private let output: StandardOutput

    init(_ output: StandardOutput) { self.output = output }

    /// Whether a file should not be shown in a terminal: its beginning holds a zero byte.
    static func isBinary(_ file: Descriptor) -> Bool {
        let beginning = try? file.read(upTo: portion, at: 0)
        return beginning?.contains(0) ?? false
    }

    /// Copies an open file from its beginning to its end.
    ///
    /// A reader that closes a pipe has seen enough; then the rest is not written, and that is success.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; `CancellationError`.
    func copy(_ file: Descriptor, named name: String) async throws {
        var offset: Int64 = 0
        while true {
            try Task.checkCancellation()
            let step: Result<Int, Errno> = await withCheckedContinuation { continuation in
                StandardOutputCopy.queue.async { [offset] in
                    continuation.resume(
                        returning: Result { () throws(Errno) in try self.step(file, from: offset) }
                    )
                }
            }
            try output.check()
            let count = try Failure.describing(
                "\(name) cannot be read again for standard output",
                of: .caller
            ) { () throws(Errno) in try step.get() }
            if count == 0, isAtEnd(file, offset) || output.isClosed { return }
            offset += Int64(count)
        }
    }

    private func isAtEnd(_ file: Descriptor, _ offset: Int64) -> Bool {
        guard let status = try? file.status() else { return true }
        return offset >= status.length
    }

    /// Writes what can be written within a moment; returns how much.
    private func step(_ file: Descriptor, from offset: Int64) throws(Errno) -> Int {
        let bytes = try file.read(upTo: 1 << 18, at: offset)
        var done = 0
        while done < bytes.count, output.isUsable {
            guard StandardStream.output.takesOutput(within: 50) else { break }
            let end = min(bytes.count, done + StandardOutputCopy.portion)
            output.write(bytes: Array(bytes[done..<end]))
            done = end
        }
        return done
    }
}
