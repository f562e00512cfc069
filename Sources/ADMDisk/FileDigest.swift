package import ADMModel
import Glibc
import Synchronization

/// The digest of a file that is on disk, read back.
package enum FileDigest {
    private static let bufferSize = 1_048_576

    /// Reads the first `length` bytes of a partial file and digests them, on a thread of its own.
    ///
    /// - Parameters:
    ///   - algorithm: How the digest is computed.
    ///   - part: The partial file; it stays open and locked meanwhile.
    ///   - length: The length that the file must have at least.
    ///   - progress: Told how many bytes were read so far, on that thread.
    /// - Returns: The digest in lower-case hexadecimal.
    /// - Throws: ``Failure`` with `cancelled` soon after the task is cancelled, `integrity` where
    ///   the file is shorter, `storage` where it cannot be read.
    package static func compute(
        _ algorithm: DigestAlgorithm,
        of part: PartFile,
        length: Int64,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(Failure) -> String {
        try await compute(algorithm, part.file, part.path, length, progress)
    }

    /// Reads a whole file and digests it, on a thread of its own; a symbolic link is not followed.
    ///
    /// - Returns: The digest in lower-case hexadecimal.
    /// - Throws: ``Failure`` with `cancelled` soon after the task is cancelled, `storage` where the
    ///   path is no regular file or cannot be read.
    package static func compute(
        _ algorithm: DigestAlgorithm,
        ofFileAt path: String,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(Failure) -> String {
        let (file, status) = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            // Without O_NONBLOCK a pipe at that path would hold up the task for ever.
            let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            return (file, try file.status())
        }
        guard status.kind == .regular else {
            throw Failure(.storage, "\(path) is not a regular file")
        }
        return try await compute(algorithm, file, path, status.length, progress)
    }

    private static func compute(
        _ algorithm: DigestAlgorithm,
        _ file: Descriptor,
        _ path: String,
        _ length: Int64,
        _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(Failure) -> String {
        let flag = CancellationFlag()
        let outcome: Result<String, Failure> = await withTaskCancellationHandler {
            await Blocking.run {
                Result { () throws(Failure) in
                    try read(algorithm, file, path, length, progress, flag)
                }
            }
        } onCancel: {
            flag.raise()
        }
        return try outcome.get()
    }

    private static func read(
        _ algorithm: DigestAlgorithm,
        _ file: Descriptor,
        _ path: String,
        _ length: Int64,
        _ progress: @Sendable (Int64) -> Void,
        _ flag: CancellationFlag
    ) throws(Failure) -> String {
        posix_fadvise(file.number, 0, Int(length), POSIX_FADV_SEQUENTIAL)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: bufferSize,
            alignment: 64
        )
        defer { unsafe buffer.deallocate() }
        var digest = StreamingDigest(algorithm)
        var position: Int64 = 0
        while position < length {
            guard !flag.isRaised else {
                throw Failure(.cancelled, "the check of \(path) was cancelled")
            }
            let wanted = Int(min(Int64(bufferSize), length - position))
            let count = try Failure.describing("cannot read \(path)") { () throws(Errno) in
                let window = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                return try unsafe file.read(into: window, at: position)
            }
            unsafe digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
            guard count == wanted else {
                throw Failure(
                    .integrity,
                    "\(path) ends after \(position) of \(length) bytes",
                    hint: "another program changed the file; fetch it again"
                )
            }
            progress(position)
        }
        return digest.finish()
    }
}

/// Tells work on another thread that the task which waits for it was cancelled.
private final class CancellationFlag: Sendable {
    private let raised = Atomic(false)
    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
}
