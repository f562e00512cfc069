public import ADMModel
import ADMSystem
import Foundation
import Synchronization

/// Says whose access token a secret is, for a door through which many requests come.
///
/// It remembers the tokens, and reads their file again as soon as it is another one: a token that was revoked is
/// wrong from the next question on.
public final class TokenCheck: Sendable {
    /// What tells that a file is not the one any more that was read.
    private struct Stamp: Hashable {
        let identity: FileIdentity
        let length: Int64
        let writtenAt: FileStatus.Time

        /// Takes a file's stamp; nil if it was written so lately that the next writing might leave the same one,
        /// because clocks of file systems take steps.
        init?(_ status: FileStatus) {
            guard Date().timeIntervalSince1970 - status.modifiedAt > 1 else { return nil }
            identity = status.identity
            length = status.length
            writtenAt = status.writtenAt
        }
    }

    private struct Memory {
        var stamp: Stamp?
        var tokens: [String: KeptToken] = [:]
    }

    /// What the secret of no token is compared with, so that this takes as long.
    private static let nobody = String(repeating: "0", count: 64)

    private let files: HomeFiles
    private let memory = Mutex(Memory())

    /// Checks secrets of the tokens of a home; nothing is read yet.
    public init(home: Home) { files = home.files }

    /// Says what a text is.
    ///
    /// It blocks the thread for a look at the file, and for reading it if it has changed. Secrets are compared by
    /// their hashes, which takes the same time wherever they differ, and as long for a token that does not exist.
    ///
    /// - Parameter secret: The text that ``Home/createToken(scope:workspace:expires:)`` gave, or whatever somebody
    ///   sent in its place.
    /// - Returns: The token if the text is its secret; otherwise why nobody is let in.
    /// - Throws: ``Failure`` with `storage` if the tokens cannot be read; nobody is to be let in then.
    public func token(of secret: String) throws(Failure) -> TokenAnswer {
        let tokens = try current()
        guard let id = TokenText.id(in: secret) else { return .wrong }
        let kept = tokens[id]
        let isRight = Secret(kept?.hash ?? TokenCheck.nobody)
            .equals(Secret(KeptToken.hash(of: Secret(secret))))
        guard let kept, isRight else { return .wrong }
        return kept.token.isExpired(at: files.now()) ? .expired : .good(kept.token)
    }

    /// Whether a token that was good still is: it was not revoked, and has not ended.
    ///
    /// - Throws: ``Failure`` as ``token(of:)`` does.
    public func counts(_ token: AccessToken) throws(Failure) -> Bool {
        guard let kept = try current()[token.id] else { return false }
        return kept.token.createdAt == token.createdAt && !kept.token.isExpired(at: files.now())
    }

    private func current() throws(Failure) -> [String: KeptToken] {
        let path = files.layout.tokens
        return try memory.withLock { (memory) throws(Failure) in
            let status = try Failure.describing("cannot look for \(path)", of: .home) {
                () throws(Errno) in try FileStatus.following(path)
            }
            guard let status else { return [:] }
            let stamp = Stamp(status)
            if let stamp, stamp == memory.stamp { return memory.tokens }
            // It is read after the look at it: what is newer than its stamp is read once more.
            let kept = try TokenFile(path: path).read()
            let tokens = Dictionary(uniqueKeysWithValues: kept.map { ($0.token.id, $0) })
            memory = Memory(stamp: stamp, tokens: tokens)
            return tokens
        }
    }
}
