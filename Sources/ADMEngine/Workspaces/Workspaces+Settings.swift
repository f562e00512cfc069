public import ADMModel
import ADMProfiles
import ADMSystem

extension Workspaces {
    /// Every setting that counts in a workspace, and where each comes from.
    ///
    /// By the first that speaks: `flags`, `ADM_*` variables, the workspace's profile, the template
    /// that it extends, `config.toml`, built-in. If nothing names a directory it is
    /// `Downloads/adm/NAME` in the user's home directory, if that is known.
    ///
    /// - Parameters:
    ///   - selection: The workspace.
    ///   - flags: The flags of this command, by the name of the setting.
    /// - Returns: The settings; their directory is nil if nobody knows one.
    /// - Throws: ``Failure`` with `configuration`, and in its message the file, line and column, or
    ///   the variable or flag.
    public func settings(
        for selection: WorkspaceSelection,
        flags: [String: [String]] = [:]
    ) throws(Failure) -> EffectiveSettings {
        try settings(of: selection.name, flags: flags)
    }

    func settings(
        of name: WorkspaceName,
        flags: [String: [String]]
    ) throws(Failure) -> EffectiveSettings {
        // A wrong value that a higher layer overrules is no error here; validation finds it.
        var settings = try SettingsResolution.resolve(
            flags: flags,
            environment: environment,
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
    func limitOfProcess(flags: [String: [String]]) throws(Failure) -> Int? {
        let settings = try SettingsResolution.resolve(
            flags: flags,
            environment: environment,
            profile: nil,
            config: nil
        )
        let isSaid = settings.entries.contains { entry in
            entry.name == "max-concurrent" && entry.origin != .builtIn
        }
        return isSaid ? settings.maxConcurrent : nil
    }

    /// The parsed profile of a workspace; nil if there is no such file.
    func profile(
        of name: WorkspaceName,
        checking: ProfileFile.Checking
    ) throws(Failure) -> ProfileFile? {
        guard let text = try profileText(of: name) else { return nil }
        let path = home.workspace(name).profile
        return try ProfileFile(path: path, text: text, kind: .profile, checking: checking)
    }

    /// The parsed `config.toml`; nil if there is no such file.
    func config(checking: ProfileFile.Checking) throws(Failure) -> ProfileFile? {
        guard let text = try StateFile.read(home.configFile) else { return nil }
        return try ProfileFile(
            path: home.configFile,
            text: text,
            kind: .config,
            checking: checking
        )
    }

    /// The variables named `ADM_*` that mean nothing to adm, each with the nearest that does.
    public func unknownVariables() -> [(name: String, nearest: String?)] {
        SettingsResolution.unknownVariables(in: environment)
    }

    /// Where the downloads of a workspace go that names no directory.
    ///
    /// - Throws: ``Failure`` with `configuration` if the user's home directory is not known.
    func standardDirectory(of name: WorkspaceName) throws(Failure) -> String {
        do {
            return try HomeDirectory.userHome(environment) + "/Downloads/adm/\(name)"
        } catch {
            throw Failure(
                .configuration,
                "there is no directory to download into: \(error.message)",
                hint: "set HOME, or the setting directory to an absolute path, or give --dir"
            )
        }
    }
}
