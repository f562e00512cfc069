package import ADMModel
import CADMSystem
import Foundation

/// A `.netrc` file: who to be on which host (ftp(1), The .netrc File).
///
/// It is read only where somebody asks for it. Entries name hosts without scheme and port; `default`
/// is not taken, because it would send a password to hosts that nobody named.
package struct Netrc: Sendable {
    private let text: String

    /// Reads a file.
    ///
    /// - Throws: ``Failure`` with `credentialStore` where it cannot be read, or may be read by others.
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
        adm_conceal_memory()
        text = String(decoding: data, as: UTF8.self)
    }

    init(text: String) { self.text = text }

    /// The entry for a server; nil where there is none.
    package func grant(for origin: SourceURL.Origin) -> Grant? {
        var words = Netrc.words(of: text)[...]
        while let word = words.popFirst() {
            switch word {
            case "machine":
                let host = words.popFirst()
                let entry = Netrc.entry(&words)
                guard host?.lowercased() == origin.host, let login = entry.login,
                    let password = entry.password
                else { continue }
                return Grant(
                    Credential(kind: .basic, origin: origin, user: login, store: .netrc),
                    Secret(password)
                )
            case "default": _ = Netrc.entry(&words)
            default: continue
            }
        }
        return nil
    }

    private static func entry(
        _ words: inout ArraySlice<String>
    ) -> (login: String?, password: String?) {
        var login: String?
        var password: String?
        while let word = words.first, word != "machine", word != "default" {
            words.removeFirst()
            switch word {
            case "login": login = words.popFirst()
            case "password": password = words.popFirst()
            case "account": _ = words.popFirst()
            default: continue
            }
        }
        return (login, password)
    }

    /// Words between white space; comments from # to the end of the line, text in quotes with
    /// backslashes, and the lines of `macdef` up to an empty one are taken out.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var isMacro = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if isMacro {
                isMacro = !line.isEmpty
                continue
            }
            var rest = line.drop(while: \.isWhitespace)
            while let first = rest.first {
                if first == "#" { break }
                let word = first == "\"" ? quoted(&rest) : plain(&rest)
                if word == "macdef" {
                    isMacro = true
                    break
                }
                words.append(word)
                rest = rest.drop(while: \.isWhitespace)
            }
        }
        return words
    }

    private static func plain(_ rest: inout Substring) -> String {
        let word = rest.prefix { !$0.isWhitespace }
        rest = rest.dropFirst(word.count)
        return String(word)
    }

    private static func quoted(_ rest: inout Substring) -> String {
        rest.removeFirst()
        var word = ""
        while let letter = rest.popFirst(), letter != "\"" {
            word.append(letter == "\\" ? rest.popFirst() ?? letter : letter)
        }
        return word
    }
}
