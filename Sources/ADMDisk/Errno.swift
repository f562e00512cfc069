import Glibc

/// The error number that a failed system call left behind (`man 3 errno`).
struct Errno: Error, Hashable {
    /// The number.
    let code: Int32

    /// Takes a number.
    init(_ code: Int32) { self.code = code }

    /// Makes a call that answers with a negative number on failure, again while signals cut it off.
    static func check<Answer: FixedWidthInteger & SignedInteger>(
        _ call: () -> Answer
    ) throws(Errno) -> Answer {
        while true {
            let answer = call()
            if answer >= 0 { return answer }
            let code = errno
            if code != EINTR { throw Errno(code) }
        }
    }

    /// The error in the system's words.
    var text: String {
        guard let words = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: words)
    }
}
