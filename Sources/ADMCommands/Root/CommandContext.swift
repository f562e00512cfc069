import ADMEngine
import ADMModel
import Foundation

/// What every command works with: the environment, the global options, the home.
struct CommandContext: Sendable {
    /// The environment of the process.
    let environment: [String: String]
    /// Where the workspaces of this user are.
    let home: Home
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
    /// What `--workspace` and `--profile` name.
    private let names: [(name: String, origin: String)]

    /// Reads the global options of a command, and warns of variables that mean nothing if
    /// `warnsOfVariables` says so.
    ///
    /// - Throws: ``Failure`` with `usage` for an option that is given twice with different values,
    ///   `storage` if the process may open too few files, `configuration` for a variable that is not UTF-8,
    ///   and what ``Home/init(environment:logger:)`` throws.
    init(
        _ global: GlobalOptions,
        environment: [String: String] = ProcessEnvironment.variables,
        warnsOfVariables: Bool = true
    ) throws(Failure) {
        try DescriptorBudget.ofProcess.check()
        try ProcessEnvironment.check()
        let workspace = try GlobalOptions.one(global.workspace, of: "--workspace")
        let profile = try GlobalOptions.one(global.profile, of: "--profile")
        names = [(workspace, "--workspace"), (profile, "--profile")].compactMap { name, origin in
            name.map { ($0, origin) }
        }
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
        home = try Home(environment: environment, logger: level.logger)
        if warnsOfVariables { warnAboutVariables() }
    }

    private func warnAboutVariables() {
        for (name, nearest) in SettingsReference.unknownVariables(in: environment) {
            warn(
                "unknown variable \(name)",
                hint: nearest.map { "did you mean \($0)?" } ?? "unset \(name)"
            )
        }
    }

    /// Which workspace the command works in; it need not exist.
    func choice() async throws(Failure) -> WorkspaceChoice {
        try await home.choice(named: names)
    }

    /// The workspace the command works in.
    ///
    /// Call it once: another terminal may choose another workspace at any time.
    func selection() async throws(Failure) -> WorkspaceSelection {
        try await home.selection(named: names)
    }

    /// The workspace that the command looks at; `default` is not made for that.
    func lookedAt() async throws(Failure) -> WorkspaceSelection {
        try await home.selection(named: names, isLooking: true)
    }

    /// What the workspace is opened with that the command works in.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or flag is wrong.
    func configuration(
        _ options: HomeOptions = HomeOptions()
    ) async throws(Failure) -> WorkspaceConfiguration {
        try await home.configuration(named: names, options: options)
    }

    /// What the workspace is looked at with; `default` is not made for that.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or flag is wrong.
    func lookedAtConfiguration() async throws(Failure) -> WorkspaceConfiguration {
        try await home.configuration(named: names, isLooking: true)
    }

    /// The settings of a workspace, with the flags of this command and the global options.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or flag is wrong.
    func settings(
        for selection: WorkspaceSelection,
        flags: [String: [String]] = [:]
    ) async throws(Failure) -> EffectiveSettings {
        var flags = flags
        if let flag = colorFlag { flags["color"] = [flag.rawValue] }
        return try await home.settings(of: selection, overrides: SettingOverrides(flags))
    }
}
