import ADMModel
import Foundation
import Glibc

/// The program with the server in it, which is installed beside this one.
///
/// It is one of its own because every protocol conformance that is linked is searched at the start of every
/// command.
enum ServerProgram {
    /// Its name.
    static let name = "admd"

    /// Becomes that program, with the same arguments; does not return.
    ///
    /// - Throws: ``Failure`` with `storage` if it is not there.
    static func execute() throws(Failure) -> Never {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let path = folder.joined(separator: "/") + "/" + name
        let arguments = [path] + CommandLine.arguments.dropFirst()
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        unsafe execv(path, &pointers)
        throw Failure(
            .storage,
            "the program \(path), which serves, cannot be executed",
            hint: "make install puts it beside adm",
            cause: unsafe String(cString: strerror(errno))
        )
    }
}
