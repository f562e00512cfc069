import ADMModel
import ADMProfiles
import ADMSystem

/// Reads the settings of a home and its workspaces: which layer decides what.
struct SettingsReader: Sendable {
    let files: HomeFiles

    /// Every setting that counts in a workspace, and where each comes from.
    ///
    /// By the first that speaks: `overrides`, `ADM_*` variables, the workspace's profile, the template
    /// that it extends, `config.toml`, built-in. If nothing names a directory it is
    /// `Downloads/adm/NAME` in the user's home directory, if that is known.
    ///
    /// - Parameters:
    ///   - name: The workspace.
    ///   - overrides: What beats all of these.
    /// - Returns: The settings; their directory is nil if nobody knows one.
    /// - Throws: ``Failure`` with `configuration`, and in its message the file, line and column, or
    ///   the variable or flag.
    func settings(
        of name: WorkspaceName,
        overrides: SettingOverrides = [:]
    ) throws(Failure) -> EffectiveSettings {
        // A wrong value that a higher layer overrules is no error here; validation finds it.
        var settings = try SettingsResolution.resolve(
            flags: overrides.values,
            environment: files.environment,
            profile: try profile(of: name, checking: .structure),
            config: try config(checking: .structure),
            userHome: UserHome.recorded
        )
        // Whoever needs it is told what is missing.
        guard settings.directory == nil, let directory = try? standardDirectory(of: name) else {
            return settings
        }
        settings.directory = directory
        for index in settings.entries.indices where settings.entries[index].name == "directory" {
            settings.entries[index].value = JSONString.quoted(directory)
        }
        return settings
    }

    /// How many jobs the flags and variables of a process allow at once, whatever the workspace; nil if they say
    /// nothing.
    ///
    /// - Throws: ``Failure`` with `configuration` for a wrong value.
    func limitOfProcess(_ overrides: SettingOverrides) throws(Failure) -> Int? {
        let settings = try SettingsResolution.resolve(
            flags: overrides.values,
            environment: files.environment,
            profile: nil,
            config: nil
        )
        let isSaid = settings.entries.contains { entry in
            entry.name == "max-concurrent" && entry.origin != .builtIn
        }
        return isSaid ? settings.maxConcurrent : nil
    }

    /// The limits for all processes, from `config.toml`.
    ///
    /// - Throws: ``Failure`` with `configuration` if that file is wrong.
    func budgetLimits() throws(Failure) -> BudgetLimits {
        try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: nil,
            config: try config(checking: .structure)
        ).budget
    }

    /// Sees that every line of the profile and of `config.toml` is right, and every variable.
    ///
    /// Also a value that a higher layer overrules is looked at.
    ///
    /// - Throws: ``Failure`` with `configuration`, and in its message file, line and column.
    func validate(_ name: WorkspaceName) throws(Failure) {
        _ = try profile(of: name, checking: .everything)
        _ = try config(checking: .everything)
        _ = try settings(of: name)
        if let (name, nearest) = SettingsResolution.unknownVariables(in: files.environment).first {
            throw Failure(
                .configuration,
                "the variable \(name) means nothing to adm",
                hint: nearest.map { "did you mean \($0)?" } ?? "unset \(name)"
            )
        }
    }

    /// The parsed profile of a workspace; nil if there is no such file.
    private func profile(
        of name: WorkspaceName,
        checking: ProfileFile.Checking
    ) throws(Failure) -> ProfileFile? {
        let path = files.layout.workspace(name).profile
        guard let text = try StateFile.read(path) else { return nil }
        return try ProfileFile(path: path, text: text, kind: .profile, checking: checking)
    }

    /// The parsed `config.toml`; nil if there is no such file.
    private func config(checking: ProfileFile.Checking) throws(Failure) -> ProfileFile? {
        let path = files.layout.configFile
        guard let text = try StateFile.read(path) else { return nil }
        return try ProfileFile(path: path, text: text, kind: .config, checking: checking)
    }

    /// Where the downloads of a workspace go that names no directory.
    ///
    /// - Throws: ``Failure`` with `configuration` if the user's home directory is not known.
    func standardDirectory(of name: WorkspaceName) throws(Failure) -> String {
        do {
            return try HomeDirectory.userHome(files.environment) + "/Downloads/adm/\(name)"
        } catch {
            throw Failure(
                .configuration,
                "there is no directory to download into: \(error.message)",
                hint: "set HOME, or the setting directory to an absolute path, or give --dir"
            )
        }
    }
}
