package import ADMModel
import ADMSystem
import Glibc

/// How much a file system can still take.
package enum FreeSpace {
    /// The bytes that this user may still write below a path.
    ///
    /// A path that does not exist yet is judged by its nearest parent that does. A file system that
    /// does not tell its size answers `Int64.max`.
    ///
    /// - Throws: ``Failure`` with `storage` if the path cannot be reached.
    package static func available(at path: String) throws(Failure) -> Int64 {
        try available(atExisting: nearestExisting(path))
    }

    /// Refuses a write that would not fit.
    ///
    /// On resuming, subtract what the partial file occupies already (``PartFile/allocatedLength``).
    ///
    /// - Parameters:
    ///   - bytes: How much is to be written.
    ///   - reserve: How much must stay free after it.
    ///   - path: The directory to write into; it need not exist yet.
    /// - Throws: ``Failure`` with `noSpace` that says what is needed, what there is and where;
    ///   `storage` if the path cannot be reached.
    package static func require(
        bytes: Int64,
        keeping reserve: Int64,
        at path: String
    ) throws(Failure) {
        let existing = try nearestExisting(path)
        let free = try available(atExisting: existing)
        let sum = max(0, bytes).addingReportingOverflow(max(0, reserve))
        guard sum.overflow || sum.partialValue > free else { return }
        throw failure(bytes: bytes, free: free, keeping: reserve, at: existing, naming: path)
    }

    /// The bytes that may still be written to the file system of an open file.
    static func available(on file: Descriptor, _ path: String) throws(Failure) -> Int64 {
        var info = statvfs()
        try Failure.describing("cannot tell the free space of \(path)") { () throws(Errno) in
            _ = try Errno.check { unsafe fstatvfs(file.number, &info) }
        }
        return available(info)
    }

    /// Says what is needed, what there is and where; `path` is there.
    static func failure(
        bytes: Int64,
        free: Int64,
        keeping reserve: Int64,
        at path: String,
        naming name: String? = nil
    ) -> Failure {
        let kept = reserve > 0 ? ", and \(ByteCount(reserve)) must stay free" : ""
        return Failure(
            .noSpace,
            "\(name ?? path) needs \(ByteCount(bytes)) more and has \(ByteCount(free)) free\(kept)"
                + " (file system mounted on \(mountPoint(of: path)))",
            hint: "free some space there, or choose another directory with --dir"
        )
    }

    private static func available(atExisting path: String) throws(Failure) -> Int64 {
        var info = statvfs()
        try Failure.describing("cannot tell the free space of \(path)") { () throws(Errno) in
            _ = try Errno.check { unsafe statvfs(path, &info) }
        }
        return available(info)
    }

    private static func available(_ info: statvfs) -> Int64 {
        guard info.f_blocks > 0 else { return .max }
        let size = UInt64(info.f_frsize > 0 ? info.f_frsize : info.f_bsize)
        let product = UInt64(info.f_bavail).multipliedReportingOverflow(by: size)
        return product.overflow ? .max : Int64(clamping: product.partialValue)
    }

    private static func nearestExisting(_ path: String) throws(Failure) -> String {
        var candidate = path
        try Failure.describing("cannot reach \(path)") { () throws(Errno) in
            while try FileStatus.following(candidate) == nil, candidate != "." {
                candidate = ParentPath.of(candidate)
            }
        }
        return candidate
    }

    private static func mountPoint(of path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        guard var place = unsafe String(validatingCString: resolved) else { return path }
        let device = try? FileStatus.following(place)?.identity.device
        while place != "/" {
            let above = ParentPath.of(place)
            guard let status = try? FileStatus.following(above), status.identity.device == device
            else { break }
            place = above
        }
        return place
    }
}
