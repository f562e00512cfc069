public import ADMModel
public import Foundation

/// The settings of a home and its workspaces, and the budget of all: what `adm profile`, `adm config`, `adm
/// budget` and `adm stats` do.
extension Home {
    /// Every setting that counts in a workspace, and where each comes from.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; with `configuration`, and in its message the file, line
    ///   and column, or the variable.
    public func settings(of name: WorkspaceName) async throws(Failure) -> EffectiveSettings {
        let flags = options.flags
        return try await blocking { (workspaces) throws(Failure) in
            try workspaces.settings(for: workspaces.selection(of: name), flags: flags)
        }
    }

    /// The text of a profile; empty if there is no such file.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` or `storage`.
    public func profile(of name: WorkspaceName) async throws(Failure) -> String {
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.profileText(of: workspaces.selection(of: name))
        }
    }

    /// Gives one setting of a profile a value, several for a list; comments and everything else stay as they are.
    ///
    /// It counts for a workspace when it is opened the next time.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; with `configuration` for an unknown setting, with the
    ///   nearest one, or a wrong value, and the profile stays as it was.
    public func set(
        _ setting: String,
        to values: String...,
        in name: WorkspaceName
    ) async throws(Failure) {
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.setProfile(setting, to: values, in: workspaces.selection(of: name))
        }
    }

    /// Takes one setting out of a profile, so that the layers below count.
    ///
    /// - Returns: Whether it was there.
    /// - Throws: ``Failure`` with `workspaceNotFound`; with `configuration` for an unknown setting.
    @discardableResult
    public func unset(
        _ setting: String,
        in name: WorkspaceName
    ) async throws(Failure) -> Bool {
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.unsetProfile(setting, in: workspaces.selection(of: name))
        }
    }

    /// Sees that every line of a profile and of `config.toml` is right, and every variable.
    ///
    /// - Throws: ``Failure`` with `configuration`, and in its message file, line and column.
    public func validate(_ name: WorkspaceName) async throws(Failure) {
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.validate(workspaces.selection(of: name))
        }
    }

    /// Who uses the budget, who waits, and what every workspace has and is entitled to.
    ///
    /// - Throws: ``Failure`` with `configuration` or `databaseTooNew`.
    public func budgetReport() async throws(Failure) -> BudgetReport {
        try await workspaces.budget()
    }

    /// Changes the limits for all processes, running ones too; what is nil stays.
    ///
    /// Transfers beyond a lowered limit give their slot back after a checkpoint, except those whose server
    /// could not continue later.
    ///
    /// - Throws: ``Failure`` with `configuration` for a value out of range, and nothing has changed; with `storage`
    ///   or `noSpace`.
    @discardableResult
    public func setBudget(
        slots: Int? = nil,
        perHost: Int? = nil,
        rate: Rate? = nil,
        hostRate: Rate? = nil
    ) async throws(Failure) -> BudgetLimits {
        try await workspaces.setBudget(
            slots: slots.map { "\($0)" },
            perHost: perHost.map { "\($0)" },
            rate: rate.map { "\($0)" },
            hostRate: hostRate.map { "\($0)" }
        )
    }

    /// Changes what a workspace may have, also while it runs; what is nil stays.
    ///
    /// With `yielding`, the running transfers of a workspace that is being paused give their slots back after a
    /// checkpoint; otherwise they end.
    ///
    /// - Throws: ``Failure`` with `configuration` for a value out of range, `workspaceNotFound`.
    @discardableResult
    public func setShare(
        of name: WorkspaceName,
        weight: Int? = nil,
        minSlots: Int? = nil,
        maxSlots: Int? = nil,
        rate: Rate? = nil,
        isPaused: Bool? = nil,
        yielding: Bool = false
    ) async throws(Failure) -> WorkspaceShare {
        try await workspaces.setShare(
            of: name,
            weight: weight.map { "\($0)" },
            minSlots: minSlots.map { "\($0)" },
            maxSlots: maxSlots.map { "\($0)" },
            rate: rate.map { "\($0)" },
            isPaused: isPaused,
            yielding: yielding
        )
    }

    /// Lets origins be asked at once that wanted to be left alone; nil is all of them.
    ///
    /// - Returns: Those that were left alone until now, by name.
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`.
    public func endCoolDowns(of origins: Set<String>? = nil) async throws(Failure) -> [String] {
        try await workspaces.endCoolDowns(of: origins)
    }

    /// What the jobs of some workspaces that finished from a time on amount to.
    ///
    /// A workspace that cannot be read is left out; `problems` says why.
    public func statistics(
        of names: [WorkspaceName],
        since: Date,
        by grouping: StatisticsGrouping
    ) async -> (statistics: Statistics, problems: [Failure]) {
        await workspaces.statistics(of: names, since: since, by: grouping)
    }
}
