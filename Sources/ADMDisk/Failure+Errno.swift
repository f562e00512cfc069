import ADMModel
import Glibc

extension Failure {
    /// Says what a failed system call means to a person; the only place that reads error numbers.
    ///
    /// - Parameters:
    ///   - errno: What the call left behind.
    ///   - message: What could not be done, with the path: "cannot write /data/x".
    ///   - hint: The remedy, where the call's place knows a better one than the number tells.
    init(_ errno: Errno, _ message: String, hint: String? = nil) {
        let meaning = Failure.meaning(of: errno.code)
        self.init(meaning.code, message, hint: hint ?? meaning.hint, cause: errno.text)
    }

    /// Makes system calls and says what could not be done where one fails.
    static func describing<Answer>(
        _ message: @autoclosure () -> String,
        _ calls: () throws(Errno) -> Answer
    ) throws(Failure) -> Answer {
        do {
            return try calls()
        } catch {
            throw Failure(error, message())
        }
    }

    private static func meaning(of code: Int32) -> (code: Code, hint: String?) {
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
