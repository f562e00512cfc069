package import ADMModel
import Glibc
import Synchronization

/// The digest of a partial file, computed behind the bytes that arrive.
///
/// What has arrived is read back while it still lies in memory, so that little is left to read at the
/// end. Only what no writer touches any more may be digested.
package final class FollowingDigest: Sendable {
    /// How it is computed.
    package let algorithm: DigestAlgorithm
    /// The partial file.
    package let part: PartFile
    private let state: Mutex<(digest: StreamingDigest, position: Int64)>

    /// Begins before the first byte.
    package init(_ algorithm: DigestAlgorithm, of part: PartFile) {
        self.algorithm = algorithm
        self.part = part
        state = Mutex((StreamingDigest(algorithm), 0))
    }

    /// How many bytes from the beginning are in it.
    package var position: Int64 { state.withLock { $0.position } }

    /// Takes the bytes up to `end`, on a thread of its own.
    ///
    /// - Throws: ``Failure`` with `cancelled` soon after the task is cancelled, `integrity` if the
    ///   file is shorter, `storage` if it cannot be read. What was taken until then stays.
    package func extend(to end: Int64) async throws(Failure) {
        try await FileReading(file: part.file, path: part.path).run { (reading) throws(Failure) in
            let position = self.position
            guard end > position else { return }
            try unsafe reading.read(ByteRange(position, end)) { bytes in
                self.state.withLock { state in
                    unsafe state.digest.update(bytes)
                    state.position += Int64(bytes.count)
                }
            }
        }
    }

    /// The digest of what was taken, in lower-case hexadecimal.
    package func finish() -> String { state.withLock { $0.digest.finish() } }
}
