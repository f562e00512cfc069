import Glibc
package import SystemPackage

/// The error number that a failed system call left behind (`man 3 errno`).
package typealias Errno = SystemPackage.Errno

extension Errno {
    /// Creates an error of a number of errno(3).
    package init(_ code: Int32) { self.init(rawValue: code) }

    /// The number, as errno(3) names it: `ENOENT`.
    package var code: Int32 { rawValue }

    /// The error in the system's words.
    package var text: String { description }

    /// The error of the call that has just failed on this thread.
    package static var last: Errno { Errno(errno) }

    /// Makes a call that answers with a negative number on failure, again while signals interrupt it.
    package static func check<Answer: FixedWidthInteger & SignedInteger>(
        _ call: () -> Answer
    ) throws(Errno) -> Answer {
        while true {
            let answer = call()
            if answer >= 0 { return answer }
            let error = Errno.last
            if error.code != Glibc.EINTR { throw error }
        }
    }

    /// Makes a call of swift-system, whose only error is an ``Errno``.
    static func typed<Answer>(_ call: () throws -> Answer) throws(Errno) -> Answer {
        do {
            return try call()
        } catch let error as Errno {
            throw error
        } catch {
            throw Errno(Glibc.EIO)
        }
    }
}
