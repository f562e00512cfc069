public import ADMModel
public import Foundation

/// The settings of a home and its workspaces, the budget of all, and the access tokens: what `adm profile`, `adm
/// config`, `adm budget`, `adm stats` and `adm token` do.
extension Home {
    /// Every setting that counts in a workspace, and where each comes from.
    ///
    /// By the first that speaks: `overrides`, `ADM_*` variables, the workspace's profile, the template
    /// that it extends, `config.toml`, built-in. If nothing names a directory it is
    /// `Downloads/adm/NAME` in the user's home directory, if that is known.
    ///
    /// - Parameters:
    ///   - selection: The workspace.
    ///   - overrides: Settings that beat those of files and variables.
    /// - Returns: The settings; their directory is nil if nobody knows one.
    /// - Throws: ``Failure`` with `configuration`, and in its message the file, line and column, or the variable
    ///   or option.
    public func settings(
        of selection: WorkspaceSelection,
        overrides: SettingOverrides = [:]
    ) async throws(Failure) -> EffectiveSettings {
        try await blocking { (files) throws(Failure) in
            try SettingsReader(files: files).settings(of: selection.name, overrides: overrides)
        }
    }

    /// The text of a profile; empty if there is no such file.
    ///
    /// - Throws: ``Failure`` with `storage` if it cannot be read.
    public func profile(of selection: WorkspaceSelection) async throws(Failure) -> String {
        try await blocking { (files) throws(Failure) in
            try Profiles(files: files).text(of: selection.name)
        }
    }

    /// Gives one setting of a profile a value, several for a list; comments and everything else stay as they are.
    ///
    /// It counts for a workspace when it is opened the next time.
    ///
    /// - Throws: ``Failure`` with `configuration` for an unknown setting, with the nearest one, or a wrong value,
    ///   and the profile stays as it was; with `workspaceNotFound` if the workspace was renamed or removed.
    public func set(
        _ setting: String,
        to values: [String],
        in selection: WorkspaceSelection
    ) async throws(Failure) {
        try await blocking { (files) throws(Failure) in
            try Profiles(files: files).set(setting, to: values, in: selection)
        }
    }

    /// Takes one setting out of a profile, so that the layers below count.
    ///
    /// - Returns: Whether it was there.
    /// - Throws: ``Failure`` with `configuration` for an unknown setting; with `workspaceNotFound` if the workspace
    ///   was renamed or removed.
    @discardableResult
    public func unset(
        _ setting: String,
        in selection: WorkspaceSelection
    ) async throws(Failure) -> Bool {
        try await blocking { (files) throws(Failure) in
            try Profiles(files: files).unset(setting, in: selection)
        }
    }

    /// Replaces the whole text of a profile, if nobody changed it in the meantime.
    ///
    /// - Parameters:
    ///   - selection: The workspace.
    ///   - text: The new text.
    ///   - original: The text that it was made from.
    /// - Throws: ``Failure`` with `configuration` if the text is no profile, `locked` if the profile is not
    ///   `original` any more, `workspaceNotFound` if the workspace was renamed or removed; the profile stays as it
    ///   was.
    public func replaceProfile(
        of selection: WorkspaceSelection,
        with text: String,
        expecting original: String
    ) async throws(Failure) {
        try await blocking { (files) throws(Failure) in
            try Profiles(files: files).replace(with: text, expecting: original, in: selection)
        }
    }

    /// Sees that every line of a profile and of `config.toml` is right, and every variable.
    ///
    /// A value that a higher layer overrules is looked at too.
    ///
    /// - Throws: ``Failure`` with `configuration`, and in its message file, line and column.
    public func validate(_ selection: WorkspaceSelection) async throws(Failure) {
        try await blocking { (files) throws(Failure) in
            try SettingsReader(files: files).validate(selection.name)
        }
    }

    /// Who uses the budget, who waits, and what every workspace has and is entitled to.
    ///
    /// It only looks: no lock is waited for and nothing is written.
    ///
    /// - Throws: ``Failure`` with `configuration` or `databaseTooNew`.
    public func budgetReport() async throws(Failure) -> BudgetReport {
        try await SharedBudget(files: files).report()
    }

    /// Changes the limits for all processes, running ones too, and writes them to `config.toml`.
    ///
    /// Transfers beyond a lowered limit give their slot back after a checkpoint, except those whose server
    /// could not continue later.
    ///
    /// - Returns: The limits that count now.
    /// - Throws: ``Failure`` with `configuration` for a value out of range, and nothing has changed; with `storage`
    ///   or `noSpace`.
    @discardableResult
    public func setBudget(_ change: BudgetChange) async throws(Failure) -> BudgetLimits {
        try await SharedBudget(files: files).set(change)
    }

    /// Changes what a workspace may have, also while it runs, and writes it to its profile.
    ///
    /// With `yielding`, the running transfers of a workspace that is being paused give their slots back after a
    /// checkpoint; otherwise they end.
    ///
    /// - Returns: What it may have now.
    /// - Throws: ``Failure`` with `configuration` for a value out of range, `workspaceNotFound`.
    @discardableResult
    public func setShare(
        of name: WorkspaceName,
        _ change: ShareChange,
        yielding: Bool = false
    ) async throws(Failure) -> WorkspaceShare {
        try await SharedBudget(files: files).set(change, of: name, yielding: yielding)
    }

    /// Lets origins be asked at once that wanted to be left alone.
    ///
    /// - Parameter origins: Scheme, host and port as they are written in URLs; nil is all of them.
    /// - Returns: Those that were left alone until now, by name.
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`.
    public func endCoolDowns(of origins: Set<String>? = nil) async throws(Failure) -> [String] {
        try await SharedBudget(files: files).endCoolDowns(of: origins)
    }

    /// What the jobs of some workspaces that finished from a time on amount to.
    ///
    /// A workspace that cannot be read is left out; `problems` says why.
    public func statistics(
        of names: [WorkspaceName],
        since: Date,
        by grouping: StatisticsGrouping
    ) async -> (statistics: Statistics, problems: [Failure]) {
        await StatisticsQuery(files: files).statistics(of: names, since: since, by: grouping)
    }

    // MARK: - Access tokens

    /// Makes an access token of the daemon.
    ///
    /// Its secret is in the answer and nowhere else: adm keeps a hash of it.
    ///
    /// - Parameters:
    ///   - scope: What its holder may do.
    ///   - workspace: The one workspace that it is for, whatever name that gets; nil for all.
    ///   - expires: When it ends; nil for never.
    /// - Returns: The token and its secret.
    /// - Throws: ``Failure`` with `usage` for an end that is not in the future, `workspaceNotFound` with the nearest
    ///   name, `refused` if there are too many tokens; with `storage` or `noSpace` if it cannot be kept, and no token
    ///   was made then.
    public func createToken(
        scope: TokenScope,
        workspace: WorkspaceName? = nil,
        expires: Date? = nil
    ) async throws(Failure) -> (token: AccessToken, secret: Secret) {
        try await blocking { (files) throws(Failure) in
            try TokenBook(files: files).create(scope, workspace: workspace, expires: expires)
        }
    }

    /// All access tokens in the order in which they were made, those too that have ended.
    ///
    /// - Throws: ``Failure`` with `storage` if their file cannot be read, is damaged or was written by a newer adm.
    public func tokens() async throws(Failure) -> [AccessToken] {
        try await blocking { (files) throws(Failure) in try TokenBook(files: files).all() }
    }

    /// Takes an access token away; whoever uses it is refused from the next request on.
    ///
    /// - Parameter id: Its identifier; its secret does as well.
    /// - Returns: What it was.
    /// - Throws: ``Failure`` with `credentialNotFound` and the nearest identifier; with `storage` or `noSpace`, and it
    ///   still is good then.
    @discardableResult
    public func revokeToken(_ id: String) async throws(Failure) -> AccessToken {
        try await blocking { (files) throws(Failure) in try TokenBook(files: files).revoke(id) }
    }
}
