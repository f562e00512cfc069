import ADMModel
import ADMSystem
import Glibc

/// Reads a stretch of a file from its beginning to its end, on the thread that calls.
struct FileReading {
    private static let bufferSize = 1_048_576

    let file: Descriptor
    let path: String
    /// Raised to stop soon.
    var flag = CancellationFlag()

    /// Hands the bytes `range` to the body, at most 1 MiB at a time; the buffer is read during the call
    /// alone.
    ///
    /// - Throws: ``Failure`` with `cancelled` soon after the flag is raised, `integrity` if the file
    ///   is shorter, `storage` if it cannot be read.
    func read(
        _ range: ByteRange,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(Failure) {
        let isFlooding = PageCache.isFlooded(by: range.end)
        let size = min(FileReading.bufferSize, Int(range.count))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { unsafe buffer.deallocate() }
        var position = range.start
        while position < range.end {
            guard !flag.isRaised else {
                throw Failure(.cancelled, "the check of \(path) was cancelled")
            }
            let wanted = Int(min(Int64(size), range.end - position))
            let count = try Failure.describing("cannot read \(path)") { () throws(Errno) in
                let window = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                return try unsafe file.read(into: window, at: position)
            }
            unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if isFlooding {
                posix_fadvise(file.number, Int(position), count, POSIX_FADV_DONTNEED)
            }
            position += Int64(count)
            guard count == wanted else {
                throw Failure(
                    .integrity,
                    "\(path) ends after \(position) of \(range.end) bytes",
                    hint: "another program changed the file; fetch it again"
                )
            }
        }
    }

    /// Runs work that reads on a thread of its own, and raises the flag when the task is cancelled.
    func run<R: Sendable>(
        _ body: @escaping @Sendable (FileReading) throws(Failure) -> R
    ) async throws(Failure) -> R {
        posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL)
        let outcome: Result<R, Failure> = await withTaskCancellationHandler {
            await Blocking.run { Result { () throws(Failure) in try body(self) } }
        } onCancel: {
            flag.raise()
        }
        return try outcome.get()
    }
}
