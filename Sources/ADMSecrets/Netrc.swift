package import ADMModel
import ADMSystem
import Foundation

/// A `.netrc` file: who to be on which host (ftp(1), The .netrc File).
///
/// It is read only if somebody asks for it. Entries name hosts without scheme and port; `default`
/// is not taken, because it would send a password to hosts that nobody named.
package struct Netrc: Sendable {
    private let entries: [NetrcEntry]
    private let path: String

    /// Reads a file.
    ///
    /// An entry that cannot be understood is not a failure until it is needed.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if it cannot be read, or may be read by others.
    package init(path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .credentialStore,
                "\(path) cannot be read",
                hint: "--netrc reads ~/.netrc, or the file that the variable NETRC names"
            )
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o077 == 0 else {
            throw Failure(
                .credentialStore,
                "\(path) may be read by others",
                hint: "chmod 600 \(path)"
            )
        }
        OwnProcess.concealMemory()
        self.init(Array(data), path: path)
    }

    /// Takes the bytes of a file.
    init(_ bytes: [UInt8], path: String) {
        self.path = path
        var parser = NetrcParser(bytes)
        entries = parser.entries()
    }

    /// The entry for a server: the first of its host that has a user name and a password; nil if there
    /// is none.
    ///
    /// - Throws: ``Failure`` with `configuration`, the file and the line if an entry of the host cannot
    ///   be understood.
    package func grant(for origin: SourceURL.Origin) throws(Failure) -> Grant? {
        for entry in entries where entry.host?.lowercased() == origin.host {
            if let problem = entry.problem {
                throw Failure(
                    .configuration,
                    "\(path):\(problem.line): \(problem.reason)",
                    hint:
                        "write machine HOST login NAME password PASSWORD, and in quotes what is empty,"
                        + " holds blanks or is one of these words"
                )
            }
            guard let login = entry.login, let password = entry.password else { continue }
            return Grant(
                Credential(kind: .basic, origin: origin, user: login, store: .netrc),
                Secret(password)
            )
        }
        return nil
    }
}
