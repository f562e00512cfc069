import ADMModel
import Glibc

extension Failure {
    /// A failed system call on a path, in the words of errno(3).
    static func system(_ number: Int32, _ verb: String, _ path: String) -> Failure {
        let cause = unsafe String(cString: strerror(number))
        switch number {
        case ENOSPC, EDQUOT:
            return Failure(
                .noSpace,
                "no space left to \(verb) \(path)",
                hint: "free some space on that file system and try again",
                cause: cause
            )
        case EACCES, EPERM:
            return Failure(
                .storage,
                "no permission to \(verb) \(path)",
                hint: "check who owns it and its mode",
                cause: cause
            )
        case EROFS:
            return Failure(
                .storage,
                "cannot \(verb) \(path): the file system is read-only",
                hint: "set ADM_HOME to a directory that can be written",
                cause: cause
            )
        case ELOOP:
            return Failure(
                .storage,
                "cannot \(verb) \(path): it is a symbolic link",
                hint: "put a regular file in its place",
                cause: cause
            )
        default:
            return Failure(.storage, "cannot \(verb) \(path)", cause: cause)
        }
    }
}
