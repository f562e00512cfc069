/// What a setting holds: decides how it is read, checked, written and described.
package enum SettingKind: Sendable, Hashable {
    /// A path: absolute, or below `~/`; empty for none.
    case path
    /// One of some words.
    case choice([String])
    /// A whole number.
    case wholeNumber(ClosedRange<Int>)
    /// A number of bytes.
    case bytes(atLeast: Int64)
    /// Bytes per second; 0 for no limit.
    case rate
    /// A span of time.
    case duration(ClosedRange<Duration>)
    /// The URL of a proxy; empty for none.
    case proxy
    /// An IP address; empty for none.
    case address
    /// One line of text.
    case text
    /// A command with its arguments, as one line; empty for none.
    case command
    /// Host names, suffixes that begin with a dot, or `*`.
    case hosts
    /// Header fields without secrets.
    case headers
    /// Yes or no.
    case boolean
    /// The name of a shipped template.
    case template

    /// Whether it takes several values.
    package var isList: Bool { self == .hosts || self == .headers }
}

/// Where a setting may be given.
package enum SettingPlace: String, Sendable, Hashable, CaseIterable {
    /// A flag of the command line.
    case flag
    /// An environment variable.
    case environment = "variable"
    /// The workspace's profile, and templates.
    case profile
    /// `config.toml`, for all workspaces.
    case config = "config.toml"
}
