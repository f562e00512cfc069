import ADMModel
import ADMSystem
import Foundation

/// The file of the access tokens of a home.
///
/// A file that cannot be understood is an error, and stays as it is: neither is everybody let in, nor is a token lost
/// that a newer adm can read.
struct TokenFile: Sendable {
    /// The version that this adm reads and writes.
    private static let version = 1
    private static let remedy = "or remove it, which revokes all tokens"

    /// Where it is.
    let path: String

    /// The tokens in the order in which they were made; none if there is no file.
    ///
    /// - Throws: ``Failure`` with `storage` if it cannot be read, is damaged or was written by a newer adm.
    func read() throws(Failure) -> [KeptToken] {
        let text: String?
        do {
            text = try StateFile.read(path)
        } catch {
            var failure = error
            failure.hint = failure.hint ?? "restore it from a backup, \(TokenFile.remedy)"
            throw failure
        }
        guard let text else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(text.utf8)
        guard let version = try? decoder.decode(Head.self, from: data).version, version > 0 else {
            throw damaged("it says no version")
        }
        guard version <= TokenFile.version else {
            throw Failure(
                .storage,
                "\(path) was written by a newer adm (version \(version) of the file, this adm knows"
                    + " \(TokenFile.version))",
                hint: "update adm, \(TokenFile.remedy)"
            )
        }
        guard let content = try? decoder.decode(Content.self, from: data) else {
            throw damaged("it is no list of tokens")
        }
        var tokens: [KeptToken] = []
        for (index, entry) in content.tokens.enumerated() {
            guard let token = KeptToken(entry) else {
                throw damaged("entry \(index + 1) is no token")
            }
            tokens.append(token)
        }
        guard Set(tokens.map(\.token.id)).count == tokens.count else {
            throw damaged("two tokens have the same identifier")
        }
        return tokens
    }

    /// Puts these tokens in the place of the earlier ones, durably; the lock of the file must be held.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`; the earlier ones are still there then.
    func write(_ tokens: [KeptToken]) throws(Failure) {
        let content = JSONValue.object([
            ("version", .number(TokenFile.version)),
            ("tokens", .array(tokens.map(\.json))),
        ])
        try StateFile.replace(path, with: content.rendered() + "\n")
    }

    private func damaged(_ reason: String) -> Failure {
        Failure(
            .storage,
            "\(path) is damaged: \(reason)",
            hint: "restore it from a backup, \(TokenFile.remedy)"
        )
    }

    private struct Head: Decodable {
        let version: Int
    }

    private struct Content: Decodable {
        let tokens: [KeptToken.Entry]
    }
}
