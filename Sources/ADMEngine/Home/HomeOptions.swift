public import ADMModel

/// What counts for all workspaces that a process works in.
public struct HomeOptions: Sendable {
    /// Settings that beat those of files and variables.
    public var overrides: SettingOverrides
    /// What the process does, as others see it in the budget.
    public var role: Role
    /// Whether and how a person can be asked for something.
    public var prompt = Prompt()
    /// The `.netrc` file to take credentials from; nil to look into none.
    public var netrc: String?

    /// How a person can be asked.
    public struct Prompt: Sendable {
        /// Whether somebody sits before a terminal and may be asked.
        public var isInteractive = false
        /// Asks for a passphrase without showing it, when it is needed; nil if nobody can be asked.
        public var askPassphrase: (@Sendable (String) async throws(Failure) -> Secret)?

        /// Nobody is asked.
        public init() {}
    }

    /// What a process that opens workspaces does.
    public enum Role: String, Sendable, Hashable {
        /// Fetches what it was told to and ends.
        case download
        /// Runs the queue.
        case run
        /// Runs the queues of all workspaces, and answers programs that ask over HTTP.
        case serve
    }

    /// Creates options; without any, the settings of files and variables count.
    public init(overrides: SettingOverrides = [:], role: Role = .download) {
        self.overrides = overrides
        self.role = role
    }
}
