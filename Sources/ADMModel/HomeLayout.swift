/// Where everything of one `ADM_HOME` lies.
///
/// Values only: nothing is created or read here.
public struct HomeLayout: Sendable, Hashable {
    /// The directory, absolute, without a trailing slash.
    public let root: String

    /// Takes the directory.
    public init(root: String) { self.root = root }

    /// Settings for all workspaces, and the budget.
    public var configFile: String { root + "/config.toml" }
    /// The workspace that `adm ws use` chose.
    public var currentFile: String { root + "/current" }
    /// The directory of all workspaces.
    public var workspaces: String { root + "/workspaces" }
    /// Workspaces that were removed, kept for seven days.
    public var trash: String { root + "/trash" }
    /// Leases, waiters and the locks that show which process lives.
    public var coordination: String { root + "/coordination" }
    /// One lock file for each living process.
    public var holders: String { coordination + "/holders" }

    /// The database of leases and waiters.
    public var ledger: String { coordination + "/ledger.db" }
    /// The lock under which the ledger is read and written.
    public var ledgerLock: String { coordination + "/ledger.lock" }

    /// What belongs to the daemon.
    public var run: String { root + "/run" }
    /// The access tokens, each with the hash of its secret.
    public var tokens: String { run + "/tokens.json" }
    /// The lock under which the access tokens are changed.
    public var tokensLock: String { run + "/tokens.lock" }

    /// The files of one workspace.
    public func workspace(_ name: WorkspaceName) -> WorkspaceLayout {
        WorkspaceLayout(root: "\(workspaces)/\(name)")
    }
}

/// Where the files of one workspace lie.
public struct WorkspaceLayout: Sendable, Hashable {
    /// The workspace's directory.
    public let root: String

    /// Takes the directory.
    public init(root: String) { self.root = root }

    /// Its settings; never a secret.
    public var profile: String { root + "/profile.toml" }
    /// Its database.
    public var database: String { root + "/jobs.db" }
    /// The lock under which the database is written.
    public var databaseLock: String { root + "/jobs.lock" }
    /// Its encrypted secrets, if it keeps them in a file.
    public var credentials: String { root + "/credentials.enc" }
    /// Where files on their way to standard output lie until they are whole.
    public var passing: String { root + "/passing" }
    /// Its UUID.
    public var identity: String { root + "/id" }
}
