import ADMModel
import Foundation

/// Who asks.
enum Caller: Sendable, Hashable {
    /// Nobody that is known.
    case nobody
    /// The user whose daemon it is, over a Unix socket.
    case owner
    /// Somebody with a token.
    case token(AccessToken)

    /// What the caller may do; nil for nothing.
    var scope: TokenScope? {
        switch self {
        case .nobody: nil
        case .owner: .admin
        case .token(let token): token.scope
        }
    }

    /// The only workspace that the caller may see; nil for all.
    var onlyWorkspace: UUID? {
        if case .token(let token) = self { token.workspace } else { nil }
    }

    /// Whether the caller may see a workspace.
    func maySee(_ workspace: UUID) -> Bool {
        onlyWorkspace.map { $0 == workspace } ?? true
    }

    /// Who it is, for the log.
    var name: String {
        switch self {
        case .nobody: "nobody"
        case .owner: "owner"
        case .token(let token): "token \(token.id)"
        }
    }
}
