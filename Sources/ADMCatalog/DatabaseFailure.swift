import ADMModel
import ADMSystem
import GRDB
import Glibc

/// The failures of a database file.
enum DatabaseFailure {
    /// What an error of SQLite or of reading a row means for the file.
    ///
    /// Bound values never reach the text.
    static func of(_ error: any Error, at path: String) -> Failure {
        if let failure = error as? Failure { return failure }
        if let row = error as? UnreadableRow { return row.failure }
        if let value = error as? UnreadableValue { return damaged(path, cause: value.reason) }
        guard let error = error as? DatabaseError else {
            return damaged(path, cause: "a row cannot be read")
        }
        let cause = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return damaged(path, cause: cause)
        case .SQLITE_CONSTRAINT where isNonsense(error):
            // Only what adm did not write leads to a value that its own tables refuse.
            return damaged(path, cause: cause)
        case .SQLITE_ERROR where isForeignSchema(cause):
            return damaged(path, cause: cause)
        case .SQLITE_FULL:
            return Failure(Errno(ENOSPC), "cannot write \(path)", of: .home)
        case .SQLITE_IOERR where hasNoSpace(besides: path):
            return Failure(Errno(ENOSPC), "cannot write \(path)", of: .home)
        case .SQLITE_IOERR:
            return Failure(.storage, "the disk failed while using \(path)", cause: cause)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return Failure(
                .storage,
                "the database \(path) cannot be written",
                hint: "check the owner and mode of the file and its directory",
                cause: cause
            )
        case .SQLITE_CANTOPEN:
            return Failure(
                .storage,
                "the database \(path) cannot be opened",
                hint: "check the owner and mode of the file and its directory",
                cause: cause
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return Failure(
                .locked,
                "another program keeps the database \(path) locked",
                hint: "close the other program and try again",
                cause: cause
            )
        default:
            return Failure(.unclassified, "the database \(path) refused a statement", cause: cause)
        }
    }

    /// The database cannot be used and is left alone.
    static func damaged(_ path: String, cause: String) -> Failure {
        Failure(
            .databaseDamaged,
            "the database \(path) is damaged; it was left as it is",
            hint: "put a copy back, or move \(path) and the files beside it whose names begin"
                + " with the same word away to start with an empty list",
            cause: cause
        )
    }

    /// Whether the tables are not those that the version of the file promises.
    private static func isForeignSchema(_ cause: String) -> Bool {
        cause.hasPrefix("no such") || cause.hasPrefix("duplicate column")
            || cause.hasSuffix("already exists")
    }

    private static func isNonsense(_ error: DatabaseError) -> Bool {
        [.SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_DATATYPE].contains(error.extendedResultCode)
    }

    // SQLite reports a failed growth of the shared-memory file as an I/O error.
    private static func hasNoSpace(besides path: String) -> Bool {
        var status = statvfs()
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        guard unsafe statvfs(directory.joined(separator: "/") + "/", &status) == 0 else {
            return false
        }
        return status.f_bavail == 0
    }
}
