import ADMModel
import ADMSystem
import Glibc

/// The checks on a database file that must come before SQLite sees it.
///
/// SQLite would make an empty database of a file of zero bytes and delete the WAL beside it, which
/// may hold everything that was lost. The file is only looked at, never opened: closing it would
/// drop the locks of every connection that this process has to it.
struct DatabaseFile {
    let path: String
    let lockPath: String

    /// Creates the file with mode 0600 if it is missing.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` for an empty or missing file beside a WAL,
    ///   `storage` for something that is no regular file or cannot be created.
    func prepare() throws(Failure) {
        if let status = try status(of: path), status.length > 0 { return }
        // Under the lock nobody is creating the database, so what is seen now is no half-made one.
        let lock = try FileLock.acquire(path: lockPath)
        let result = Result<Void, Failure> { () throws(Failure) in try create() }
        lock.release()
        try result.get()
    }

    /// Whether there is a database, for somebody who only looks; an empty file is none.
    ///
    /// - Throws: ``Failure`` as ``prepare()`` does.
    func exists() throws(Failure) -> Bool {
        let file = try status(of: path)
        if let file, file.length > 0 { return true }
        let log = path + "-wal"
        if let status = try status(of: log), status.length > 0 {
            // Somebody may just have made it.
            if let file = try self.status(of: path), file.length > 0 { return true }
            let state = file == nil ? "missing" : "empty"
            throw DatabaseFailure.damaged(
                path,
                cause: "it is \(state), but \(log) beside it is there"
            )
        }
        return false
    }

    private func create() throws(Failure) {
        guard try !exists(), try status(of: path) == nil else { return }
        try Failure.describing("cannot create \(path)", of: .home) { () throws(Errno) in
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
            _ = try Descriptor.open(path, flags, mode: 0o600)
        }
    }

    private func status(of path: String) throws(Failure) -> FileStatus? {
        let found = try Failure.describing("cannot open \(path)", of: .home) { () throws(Errno) in
            try FileStatus.named(path)
        }
        guard let status = found else { return nil }
        guard status.kind == .regular else {
            throw Failure(
                .storage,
                "\(path) is not a regular file",
                hint: "move it away; adm creates its database itself"
            )
        }
        return status
    }
}
