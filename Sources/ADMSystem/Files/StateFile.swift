package import ADMModel
import Foundation
import Glibc

/// The small files below `ADM_HOME`: read whole, replaced whole.
///
/// A reader sees the old or the new text and never a part of one, whatever is killed when. Writers
/// of one file must hold one lock, because the new text is written beside the old one under a fixed
/// name.
package enum StateFile {
    /// What a state file may hold at most; a profile is a few kilobytes.
    package static let sizeLimit = 1_048_576

    /// The text of a file; nil if there is no such file.
    ///
    /// - Throws: ``Failure`` with `storage` if it cannot be read, is larger than ``sizeLimit`` or is
    ///   not UTF-8.
    package static func read(_ path: String) throws(Failure) -> String? {
        let bytes: [UInt8]
        do {
            bytes = try Descriptor.open(path, O_RDONLY | O_NONBLOCK).readAll(limit: sizeLimit + 1)
        } catch {
            if error.code == ENOENT { return nil }
            throw Failure(error, "cannot read \(path)", of: .home)
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
    package static func replace(_ path: String, with text: String) throws(Failure) {
        let target = try target(of: path)
        let fresh = target + ".new"
        try write(fresh, text, like: (try? FileStatus.following(target)) ?? nil)
        do throws(Errno) {
            _ = try Errno.check { unsafe rename(fresh, target) }
        } catch {
            unsafe unlink(fresh)
            throw Failure(error, "cannot replace \(target)", of: .home)
        }
        try synchronize(directory: ParentPath.of(target))
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
            path = link.hasPrefix("/") ? link : "\(ParentPath.of(path))/\(link)"
        }
        throw Failure(Errno(ELOOP), "cannot write \(path)", of: .home)
    }

    /// Writes a file that nobody reads yet, durably: for its owner only, or with the owner and the
    /// permissions of another file.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; nothing is left under that name then.
    package static func write(
        _ path: String,
        _ text: String,
        like model: FileStatus? = nil
    ) throws(Failure) {
        try Failure.describing("cannot write \(path)", of: .home) { () throws(Errno) in
            let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
            let file = try Descriptor.open(path, flags, mode: 0o600)
            do throws(Errno) {
                try file.writeAll(text)
                if let model {
                    // Only the superuser may give a file away; everybody else keeps what is allowed.
                    let isSame = fchown(file.number, model.owner, model.group) == 0
                    fchmod(file.number, model.permissions & (isSame ? 0o777 : 0o755))
                }
                try file.sync()
            } catch {
                unsafe unlink(path)
                throw error
            }
        }
    }

    /// Creates a directory for its owner only; one that exists already is left as it is.
    package static func makeDirectory(_ path: String) throws(Failure) {
        do {
            _ = try Errno.check { unsafe mkdir(path, 0o700) }
        } catch {
            guard error.code == EEXIST else {
                throw Failure(error, "cannot create \(path)", of: .home)
            }
            guard isDirectory(path) else { throw Failure(.storage, "\(path) is not a directory") }
            return
        }
        try synchronize(directory: ParentPath.of(path))
    }

    /// Moves a directory to a name that is free, durably, in one step.
    ///
    /// The file system itself refuses to put a directory over one that holds something.
    ///
    /// - Throws: ``Failure`` with `exists` if the name is taken.
    package static func move(_ path: String, to target: String) throws(Failure) {
        let taken = try Failure.describing("cannot look for \(target)", of: .home) {
            () throws(Errno) in
            try FileStatus.named(target)
        }
        guard taken == nil else { throw Failure(.exists, "\(target) exists already") }
        try Failure.describing("cannot move \(path) to \(target)", of: .home) { () throws(Errno) in
            _ = try Errno.check { unsafe rename(path, target) }
        }
        try synchronize(directory: ParentPath.of(target))
        if ParentPath.of(path) != ParentPath.of(target) {
            try synchronize(directory: ParentPath.of(path))
        }
    }

    /// Makes the names in a directory survive a power failure.
    package static func synchronize(directory path: String) throws(Failure) {
        try Failure.describing("cannot sync \(path)", of: .home) { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_DIRECTORY).syncDirectory()
        }
    }

    /// The names in a directory, sorted; none if there is no such directory.
    package static func names(in path: String) throws(Failure) -> [String] {
        guard isDirectory(path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw Failure(.storage, "cannot list \(path)", cause: error.localizedDescription)
        }
    }

    /// Whether the path leads to a directory, also through a symbolic link.
    package static func isDirectory(_ path: String) -> Bool {
        (try? FileStatus.following(path))??.kind == .directory
    }
}
