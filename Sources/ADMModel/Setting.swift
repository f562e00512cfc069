/// Where the value of a setting came from.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// A flag of this command, by its name with dashes.
    case flag(String)
    /// An environment variable.
    case environment(String)
    /// A line of a file: the workspace's profile or `config.toml`.
    case file(path: String, line: Int)
    /// A line of a shipped template.
    case template(name: String, line: Int)
    /// The built-in value.
    case builtIn

    /// The origin as people read it: `--limit-rate`, `ADM_LIMIT_RATE`, `/…/profile.toml:3`,
    /// `template metered:4`, `built-in`.
    public var description: String {
        switch self {
        case .flag(let name): name
        case .environment(let name): name
        case .file(let path, let line): "\(path):\(line)"
        case .template(let name, let line): "template \(name):\(line)"
        case .builtIn: "built-in"
        }
    }
}

/// One setting with the value that counts.
public struct EffectiveSetting: Sendable, Hashable {
    /// The key in TOML, which is also the long flag and, in capitals, the `ADM_*` variable.
    public var name: String
    /// The value as it would be written in TOML.
    public var value: String
    /// Where it came from.
    public var origin: SettingOrigin
    /// What it does, in one sentence.
    public var summary: String

    /// Creates an entry.
    public init(name: String, value: String, origin: SettingOrigin, summary: String) {
        self.name = name
        self.value = value
        self.origin = origin
        self.summary = summary
    }
}

/// How progress is shown.
public enum ProgressStyle: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bars in a terminal, plain lines elsewhere.
    case auto
    /// Bars, updated in place.
    case bar
    /// A line now and then.
    case plain
    /// One JSON object a line.
    case json
    /// Nothing.
    case none
}

/// When colour is used.
public enum ColorChoice: String, Sendable, Hashable, Codable, CaseIterable {
    /// In a terminal, unless `NO_COLOR` is set.
    case auto
    /// Always.
    case always
    /// Never.
    case never
}

/// Every setting of one workspace, merged from all layers.
public struct EffectiveSettings: Sendable, Hashable {
    /// All settings in the order of the table.
    public var entries: [EffectiveSetting]
    /// The settings that a transfer obeys.
    public var transfer: TransferSettings
    /// Where downloads go: absolute; nil for the default below the home directory.
    public var directory: String?
    /// How many files are fetched at once by this process.
    public var maxConcurrent: Int
    /// How progress is shown.
    public var progress: ProgressStyle
    /// When colour is used.
    public var color: ColorChoice
    /// Where secrets come from.
    public var credentials: CredentialSettings
    /// What the workspace may have of the budget.
    public var share: WorkspaceShare
    /// What all processes may use together.
    public var budget: BudgetLimits
    /// Whether jobs that were handed in with a token of the scope `submit` may fetch from private networks.
    public var privateAddresses: PrivateAddresses

    /// Makes the merged settings.
    public init(
        entries: [EffectiveSetting],
        transfer: TransferSettings,
        directory: String?,
        maxConcurrent: Int,
        progress: ProgressStyle,
        color: ColorChoice,
        credentials: CredentialSettings = CredentialSettings(),
        share: WorkspaceShare = WorkspaceShare(),
        budget: BudgetLimits = BudgetLimits(),
        privateAddresses: PrivateAddresses = .refuse
    ) {
        self.entries = entries
        self.transfer = transfer
        self.directory = directory
        self.maxConcurrent = maxConcurrent
        self.progress = progress
        self.color = color
        self.credentials = credentials
        self.share = share
        self.budget = budget
        self.privateAddresses = privateAddresses
    }

    /// Whether only errors and what was asked for are printed.
    public var isQuiet: Bool { entries.contains { $0.name == "quiet" && $0.value == "true" } }
}
