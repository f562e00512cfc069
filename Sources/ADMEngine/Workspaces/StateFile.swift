import ADMModel
import Foundation
import Glibc

/// The small files below `ADM_HOME`: read whole, replaced whole.
///
/// A reader sees the old or the new text and never a part of one, whatever is killed when. Writers
/// of one file must hold ``Workspaces/locked(_:)``, because the new text is written beside the old
/// one under a fixed name.
enum StateFile {
    /// What a state file may hold at most; a profile is a few kilobytes.
    static let sizeLimit = 1_048_576

    /// The text of a file; nil when there is no such file.
    ///
    /// - Throws: ``Failure`` with `storage` when it cannot be read, is larger than ``sizeLimit`` or is
    ///   not UTF-8.
    static func read(_ path: String) throws(Failure) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(errno, "cannot read \(path)")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= sizeLimit {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(errno, "cannot read \(path)") }
            bytes += buffer.prefix(count)
        }
        guard bytes.count <= sizeLimit else {
            throw Failure(.storage, "\(path) is larger than \(ByteCount(Int64(sizeLimit)))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.storage, "\(path) is not text in UTF-8")
        }
        return text
    }

    /// Gives a file a new text, durably.
    ///
    /// A symbolic link stays one: its target gets the text, so that a profile may live among other
    /// configuration files of its owner. It need not exist yet; one that does keeps its permissions.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; the old text is then still in place.
    static func replace(_ path: String, with text: String) throws(Failure) {
        let target = try target(of: path)
        let fresh = target + ".new"
        var old = stat()
        let exists = unsafe stat(target, &old) == 0
        try write(fresh, text, like: exists ? old : nil)
        guard unsafe rename(fresh, target) == 0 else {
            let code = errno
            unsafe unlink(fresh)
            throw .system(code, "cannot replace \(target)")
        }
        try synchronize(directory: parent(of: target))
    }

    /// Where a path leads, link by link; the last one may lead to nothing.
    private static func target(of path: String) throws(Failure) -> String {
        var path = path
        // As many as the kernel follows (path_resolution(7)).
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink(path, &buffer, buffer.count)
            guard count > 0 else { return path }
            let bytes = buffer.prefix(count).map { UInt8(bitPattern: $0) }
            guard let link = String(validating: bytes, as: UTF8.self) else {
                throw Failure(
                    .storage,
                    "\(path) is a link to a name that is not UTF-8: \(ByteText.shown(bytes))"
                )
            }
            path = link.hasPrefix("/") ? link : "\(parent(of: path))/\(link)"
        }
        throw .system(ELOOP, "cannot write \(path)")
    }

    /// Writes a file that nobody reads yet, durably: for its owner only, or with the owner and the
    /// permissions of another file.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; nothing is left under that name then.
    static func write(_ path: String, _ text: String, like model: stat? = nil) throws(Failure) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { throw .system(errno, "cannot write \(path)") }
        defer { close(descriptor) }
        do throws(Failure) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Failure.system(errno, "cannot write \(path)") }
                rest = rest.dropFirst(count)
            }
            if let model {
                // Only the superuser may give a file away; everybody else keeps what is allowed.
                let isSame = fchown(descriptor, model.st_uid, model.st_gid) == 0
                fchmod(descriptor, model.st_mode & (isSame ? 0o777 : 0o755))
            }
            guard fsync(descriptor) == 0 else {
                throw Failure.system(errno, "cannot write \(path)")
            }
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Makes a directory for its owner only; one that exists already is left as it is.
    static func makeDirectory(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o700) == 0 { return try synchronize(directory: parent(of: path)) }
        guard errno == EEXIST else { throw .system(errno, "cannot create \(path)") }
        guard isDirectory(path) else { throw Failure(.storage, "\(path) is not a directory") }
    }

    /// Moves a directory to a name that is free, durably, in one step.
    ///
    /// The file system itself refuses to put a directory over one that holds something.
    ///
    /// - Throws: ``Failure`` with `exists` when the name is taken.
    static func move(_ path: String, to target: String) throws(Failure) {
        var status = stat()
        guard unsafe lstat(target, &status) != 0 else {
            throw Failure(.exists, "\(target) exists already")
        }
        guard unsafe rename(path, target) == 0 else {
            throw .system(errno, "cannot move \(path) to \(target)")
        }
        try synchronize(directory: parent(of: target))
        if parent(of: path) != parent(of: target) {
            try synchronize(directory: parent(of: path))
        }
    }

    /// Makes the names in a directory survive a power failure.
    static func synchronize(directory path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno, "cannot open \(path)") }
        defer { close(descriptor) }
        // Some network file systems cannot sync a directory and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .system(errno, "cannot sync \(path)")
        }
    }

    /// The names in a directory, sorted; none when there is no such directory.
    static func names(in path: String) throws(Failure) -> [String] {
        guard isDirectory(path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw Failure(.storage, "cannot list \(path)", cause: error.localizedDescription)
        }
    }

    /// Whether the path leads to a directory, also through a symbolic link.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

extension Failure {
    /// What the operating system refused, with the reason in its words.
    static func system(_ code: Int32, _ message: String) -> Failure {
        let hint: String? =
            switch code {
            case EACCES, EPERM: "check who owns it and its permissions"
            case EROFS: "the file system is read-only; ADM_HOME may name another place"
            case ENOSPC, EDQUOT: "free some space, then run the command again"
            default: nil
            }
        return Failure(
            code == ENOSPC || code == EDQUOT ? .noSpace : .storage,
            message,
            hint: hint,
            cause: unsafe String(cString: strerror(code))
        )
    }
}
