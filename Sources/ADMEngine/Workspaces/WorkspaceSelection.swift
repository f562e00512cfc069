public import ADMModel
public import Foundation

/// Who chose the workspace.
public enum SelectionOrigin: Sendable, Hashable, CustomStringConvertible {
    /// Whoever asked, in words of its own: for the command line the name of an option, with its dashes.
    case caller(String)
    /// An environment variable.
    case environment(String)
    /// `adm ws use`.
    case pointer
    /// Nobody: it is the standard one.
    case standard

    /// The origin as people read it: `--workspace`, `ADM_WORKSPACE`, `adm ws use`, `default`.
    public var description: String {
        switch self {
        case .caller(let words): words
        case .environment(let name): name
        case .pointer: "adm ws use"
        case .standard: "default"
        }
    }
}

/// A workspace's name and who chose it; it need not exist.
public struct WorkspaceChoice: Sendable, Hashable {
    /// The name.
    public let name: WorkspaceName
    /// Who chose it.
    public let origin: SelectionOrigin
    /// The workspace that the choice means, whatever has its name by now; nil if any may have it.
    public let identity: UUID?

    init(name: WorkspaceName, origin: SelectionOrigin, identity: UUID? = nil) {
        self.name = name
        self.origin = origin
        self.identity = identity
    }
}

/// The workspace that a command works in, fixed for the life of the process.
///
/// What another terminal chooses in the meantime changes nothing here.
public struct WorkspaceSelection: Sendable, Hashable {
    /// The name.
    public let name: WorkspaceName
    /// Its identity, which a new name does not change.
    public let identity: UUID
    /// The identity as it is written everywhere: in lower case.
    public var identifier: String { identity.uuidString.lowercased() }
    /// Who chose it.
    public let origin: SelectionOrigin
    /// Where its files lie.
    public let layout: WorkspaceLayout
    /// Whether it does not exist yet, as `default` may not for somebody who only looks.
    public var isMissing = false
}
