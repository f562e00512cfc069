package import ADMModel
import Glibc

extension Failure {
    /// Whose file a system call failed on, which decides what a person can do about it.
    package enum Owner: Sendable, Hashable {
        /// A download, whose name and directory a person may choose.
        case download
        /// A file below `ADM_HOME`.
        case home
        /// A stream or file that the caller of adm chose, about which adm can give no advice.
        case caller
    }

    /// Says what a failed system call means to a person; the only place that reads error numbers.
    ///
    /// - Parameters:
    ///   - errno: What the call left behind.
    ///   - message: What could not be done, with the path: "cannot write /data/x".
    ///   - owner: Whose file it is.
    ///   - hint: The remedy, if the place of the call knows a better one than the number tells.
    package init(
        _ errno: Errno,
        _ message: String,
        of owner: Owner = .download,
        hint: String? = nil
    ) {
        let meaning = Failure.meaning(of: errno.code, owner)
        self.init(meaning.code, message, hint: hint ?? meaning.hint, cause: errno.text)
    }

    /// Makes system calls and says what could not be done if one fails.
    package static func describing<Answer>(
        _ message: @autoclosure () -> String,
        of owner: Owner = .download,
        _ calls: () throws(Errno) -> Answer
    ) throws(Failure) -> Answer {
        do {
            return try calls()
        } catch {
            throw Failure(error, message(), of: owner)
        }
    }

    private static func meaning(of code: Int32, _ owner: Owner) -> (code: Code, hint: String?) {
        switch owner {
        case .download: ofDownload(code)
        case .home: ofHome(code)
        case .caller: (code == ENOSPC || code == EDQUOT ? .noSpace : .storage, nil)
        }
    }

    private static func ofHome(_ code: Int32) -> (code: Code, hint: String?) {
        switch code {
        case ENOSPC, EDQUOT: (.noSpace, "free some space, then run the command again")
        case EACCES, EPERM: (.storage, "check its owner and its permissions")
        case EROFS: (.storage, "the file system is read-only; ADM_HOME may name another place")
        case ELOOP: (.storage, "it is a symbolic link; put a regular file in its place")
        case EMFILE, ENFILE:
            (.storage, "too many files are open; raise ulimit -n or run fewer downloads at once")
        default: (.storage, nil)
        }
    }

    private static func ofDownload(_ code: Int32) -> (code: Code, hint: String?) {
        switch code {
        case ENOSPC:
            (.noSpace, "free some space on that file system; the bytes so far are kept")
        case EDQUOT:
            (.noSpace, "your quota on that file system is used up; the bytes so far are kept")
        case EACCES, EPERM:
            (.storage, "check its owner and permissions, or choose another directory with --dir")
        case EROFS:
            (.storage, "the file system is mounted read-only; choose another directory with --dir")
        case ENOENT:
            (.storage, "it was removed, or the disk that holds it is not mounted")
        case ENOTDIR:
            (.storage, "a part of that path is not a directory; choose another with --dir")
        case EISDIR:
            (.storage, "it is a directory; choose another name with --filename")
        case ELOOP:
            (.storage, "a symbolic link is in the way, and adm does not follow it")
        case ENAMETOOLONG:
            (.storage, "choose a shorter name with --filename")
        case EFBIG:
            (
                .storage,
                "the file is larger than the file system or this process (ulimit -f) may hold"
            )
        case EIO:
            (.storage, "the disk reports an error; check it before you try again")
        case ESTALE, ENODEV, ENXIO, ENOTCONN:
            (.storage, "the disk or network share is gone; connect it and resume the job")
        case EMFILE, ENFILE:
            (.storage, "too many files are open; raise ulimit -n or run fewer downloads at once")
        case EEXIST:
            (.exists, "choose another name with --filename, or another --if-exists")
        case EWOULDBLOCK:
            (.locked, "wait until the other process is done")
        default:
            (.storage, nil)
        }
    }
}
