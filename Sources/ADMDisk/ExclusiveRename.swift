import ADMSystem
import Glibc

/// Gives a file a name that nothing else has, by the best means that the file system offers.
struct ExclusiveRename {
    /// A way to take a name only if it is free.
    enum Method: CaseIterable {
        /// One step, by `renameat2(2)`; older kernels and some network file systems lack it.
        case renameNoReplace
        /// A second name, then the first one goes; FAT and some shares know no second names.
        case link
        /// An empty file holds the name until the rename replaces it: between the two steps the
        /// name is seen with an empty file, and a crash leaves that behind.
        case placeholder
    }

    /// The directory that the file is in.
    let source: Descriptor
    /// Its name there.
    let oldName: String
    /// The directory that it goes to, on the same file system.
    let target: Descriptor
    /// Its name there.
    let newName: String

    /// Renames.
    ///
    /// - Parameter methods: The ways to try, in this order; each is left for the next only if
    ///   the file system does not know it.
    /// - Throws: ``Errno``: `EEXIST` if the name is taken; the file is then where it was.
    func run(_ methods: [Method] = Method.allCases) throws(Errno) {
        var last = Errno(ENOTSUP)
        for method in methods {
            do {
                switch method {
                case .renameNoReplace: try renameNoReplace()
                case .link: try link()
                case .placeholder: try placeholder()
                }
                return
            } catch {
                last = error
                guard ExclusiveRename.isUnsupported(error, method) else { throw error }
            }
        }
        throw last
    }

    private static func isUnsupported(_ error: Errno, _ method: Method) -> Bool {
        switch method {
        case .renameNoReplace: [EINVAL, ENOSYS, ENOTSUP].contains(error.code)
        case .link: [EPERM, ENOSYS, ENOTSUP, EMLINK].contains(error.code)
        case .placeholder: false
        }
    }

    private func renameNoReplace() throws(Errno) {
        try source.renameExclusively(oldName, to: newName, in: target)
    }

    private func link() throws(Errno) {
        try source.link(oldName, as: newName, in: target)
        // The file has its final name now; that the old one stays as well is not a failure.
        try? source.remove(oldName)
    }

    private func placeholder() throws(Errno) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        _ = try Descriptor.open(newName, flags, mode: 0o600, in: target)
        do {
            try source.rename(oldName, to: newName, in: target)
        } catch {
            try? target.remove(newName)
            throw error
        }
    }
}
