import ADMEngine
import ADMModel
import Foundation

/// What every command works with: the environment, the global options, the workspaces.
struct CommandContext: Sendable {
    /// The environment of the process.
    let environment: [String: String]
    /// All workspaces of this user.
    let workspaces: Workspaces
    /// Whether data is printed as JSON.
    let isJSON: Bool
    /// Whether only what was asked for is printed.
    let isQuiet: Bool
    /// Whether more is told than usual.
    let isVerbose: Bool
    /// When colour is used; nil if neither an option nor `ADM_COLOR` says so.
    let color: ColorChoice?
    /// Whether questions may be asked at all.
    let mayAsk: Bool
    /// Where data goes.
    let output = StandardOutput()
    private let colorFlag: ColorChoice?
    private let workspaceFlag: String?
    private let profileFlag: String?

    /// Reads the global options of a command, and warns of variables that mean nothing if
    /// `warnsOfVariables` says so.
    ///
    /// - Throws: ``Failure`` with `usage` for an option that is given twice with different values,
    ///   `storage` if the process may open too few files, `configuration` for a variable that is not UTF-8,
    ///   and what ``Workspaces/init(environment:)`` throws.
    init(
        _ global: GlobalOptions,
        environment: [String: String] = ProcessEnvironment.variables,
        warnsOfVariables: Bool = true
    ) throws(Failure) {
        try DescriptorBudget.ofProcess.check()
        try ProcessEnvironment.check()
        workspaceFlag = try GlobalOptions.one(global.workspace, of: "--workspace")
        profileFlag = try GlobalOptions.one(global.profile, of: "--profile")
        colorFlag = try GlobalOptions.one(global.color, of: "--color")
        color =
            colorFlag ?? environment["ADM_COLOR"].flatMap(ColorChoice.init)
        isJSON = global.json
        isQuiet = global.quiet || ["1", "true", "yes", "on"].contains(environment["ADM_QUIET"])
        isVerbose = global.verbose
        mayAsk = !global.noInput && (environment["ADM_NO_INPUT"] ?? "").isEmpty
        self.environment = environment
        let level = try LogLevel.chosen(
            try GlobalOptions.one(global.logLevel, of: "--log-level"),
            environment
        )
        var workspaces = try Workspaces(environment: environment)
        workspaces.logger = level.logger
        self.workspaces = workspaces
        if warnsOfVariables { warnAboutVariables() }
    }

    private func warnAboutVariables() {
        for (name, nearest) in workspaces.unknownVariables() {
            warn(
                "unknown variable \(name)",
                hint: nearest.map { "did you mean \($0)?" } ?? "unset \(name)"
            )
        }
    }

    /// Which workspace the command works in; it need not exist.
    func choice() throws(Failure) -> WorkspaceChoice {
        try workspaces.choice(flag: workspaceFlag, profileFlag: profileFlag)
    }

    /// The workspace the command works in.
    ///
    /// Call it once: another terminal may choose another workspace at any time.
    func selection() throws(Failure) -> WorkspaceSelection {
        try workspaces.select(flag: workspaceFlag, profileFlag: profileFlag)
    }

    /// The workspace that the command looks at; `default` is not made for that.
    func lookedAt() throws(Failure) -> WorkspaceSelection {
        try workspaces.look(flag: workspaceFlag, profileFlag: profileFlag)
    }

    /// The settings of a workspace, with the flags of this command and the global options.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or flag is wrong.
    func settings(
        for selection: WorkspaceSelection,
        flags: [String: [String]] = [:]
    ) throws(Failure) -> EffectiveSettings {
        var flags = flags
        if let flag = colorFlag { flags["color"] = [flag.rawValue] }
        return try workspaces.settings(for: selection, flags: flags)
    }
}
