import ADMCatalog
public import ADMModel
import ADMProfiles
import ADMScheduling
import ADMSystem
import Foundation

/// The budget of all workspaces: its limits, who uses it, and what each workspace may have.
extension Workspaces {
    /// The limits for all processes, from `config.toml`.
    ///
    /// - Throws: ``Failure`` with `configuration` if that file is wrong.
    public func budgetLimits() throws(Failure) -> BudgetLimits {
        try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: nil,
            config: try config(checking: .structure)
        ).budget
    }

    /// Changes the limits for all processes, running ones too, and writes them to `config.toml`.
    ///
    /// What is nil stays.
    /// Transfers beyond a lowered limit give their slot back after a checkpoint, except those whose
    /// server could not continue later.
    ///
    /// - Throws: ``Failure`` with `configuration` for a value out of range, and nothing was changed;
    ///   with `storage` or `noSpace`.
    public func setBudget(
        slots: String? = nil,
        perHost: String? = nil,
        rate: String? = nil,
        hostRate: String? = nil
    ) async throws(Failure) -> BudgetLimits {
        let changes = [
            ("budget-slots", slots), ("budget-per-host", perHost), ("budget-rate", rate),
            ("budget-host-rate", hostRate),
        ]
        try locked { () throws(Failure) in
            var text = try StateFile.read(home.configFile) ?? ""
            for (key, value) in changes {
                guard let value else { continue }
                text = try ProfileEditor.set(
                    key,
                    to: [value],
                    in: text,
                    kind: .config,
                    path: home.configFile
                )
            }
            try StateFile.replace(home.configFile, with: text)
        }
        let limits = try budgetLimits()
        try await changeLedger { $0.limits = limits }
        return limits
    }

    /// Lets origins be asked at once that wanted to be left alone.
    ///
    /// `origins` are as they are written in URLs; nil is all of them.
    ///
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`.
    /// - Returns: Those that were left alone until now, by name.
    public func endCoolDowns(of origins: Set<String>?) async throws(Failure) -> [String] {
        let ended = try await inLedger { state in
            FairShare().settle(&state, now: BootClock.now)
            let ended = state.coolDowns.keys.filter { origins?.contains($0) ?? true }
            for origin in ended { state.endCoolDown(of: origin) }
            FairShare().settle(&state, now: BootClock.now)
            return ended.sorted()
        }
        LivenessLock.wakeAll(in: home)
        return ended
    }

    /// Changes what a workspace may have, also while it runs, and writes it to its profile.
    ///
    /// What is nil stays. With `yielding`, the running transfers of a workspace that is being paused
    /// give their slots back after a checkpoint; otherwise they end.
    ///
    /// - Throws: ``Failure`` with `configuration` for a value out of range, `workspaceNotFound`.
    public func setShare(
        of name: WorkspaceName,
        weight: String? = nil,
        minSlots: String? = nil,
        maxSlots: String? = nil,
        rate: String? = nil,
        isPaused: Bool? = nil,
        yielding: Bool = false
    ) async throws(Failure) -> WorkspaceShare {
        let selection = try selection(of: name)
        let changes = [
            ("weight", weight), ("min-slots", minSlots), ("max-slots", maxSlots),
            ("workspace-rate", rate),
            ("paused", isPaused.map { "\($0)" }),
        ]
        let given = changes.compactMap { key, value in value.map { (key, $0) } }
        var text = try profileText(of: selection)
        for (key, value) in given {
            text = try ProfileEditor.set(
                key,
                to: [value],
                in: text,
                path: selection.layout.profile
            )
        }
        let wanted = try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: try ProfileFile(path: selection.layout.profile, text: text),
            config: nil
        ).share
        // Only who changes them is told: a pause must be possible whatever else is wrong.
        if weight != nil || minSlots != nil || maxSlots != nil, wanted.maxSlots > 0,
            wanted.minSlots > wanted.maxSlots
        {
            throw Failure(
                .configuration,
                "in the workspace \(name), min-slots would be \(wanted.minSlots) and max-slots only"
                    + " \(wanted.maxSlots)",
                hint: "adm ws set \(name) --min N --max N changes both"
            )
        }
        for (key, value) in given { try setProfile(key, to: [value], in: selection) }
        let share = try settings(for: selection).share
        let id = selection.identifier
        try await changeLedger { state in
            state.register(
                id,
                name: name.description,
                share: share,
                now: BootClock.now
            )
            guard yielding, share.isPaused else { return }
            for lease in state.leases.values
            where lease.workspace == id && lease.state == .held && lease.isResumable {
                state.leases[lease.serial]?.state = .yielding
            }
        }
        return share
    }

    /// Who uses the budget, who waits, and what every workspace has and is entitled to.
    ///
    /// It only looks: no lock is waited for and nothing is written.
    ///
    /// - Throws: ``Failure`` with `configuration` or `databaseTooNew`.
    public func budget() async throws(Failure) -> BudgetReport {
        let names = try names()
        var jobs: [String: WorkspaceName] = [:]
        for name in names {
            if let id = try? identity(of: name) { jobs[id.uuidString.lowercased()] = name }
        }
        let known = jobs
        let limits = try budgetLimits()
        let ledger = Ledger(home)
        return try await ledger.look { state in
            let now = BootClock.now
            state.limits = limits
            state.reap(now: now, policy: FairShare()) { ledger.isSeenAlive($0) }
            FairShare().settle(&state, now: now)
            return BudgetReport(state, workspaces: known, now: now)
        }
    }

    // MARK: - The ledger

    /// Changes the ledger and tells every process to look at it.
    private func changeLedger(
        _ change: @escaping @Sendable (inout LedgerState) -> Void
    ) async throws(Failure) {
        try await inLedger { state in
            change(&state)
            FairShare().settle(&state, now: BootClock.now)
        }
        LivenessLock.wakeAll(in: home)
    }

    private func inLedger<R: Sendable>(
        _ body: @escaping @Sendable (inout LedgerState) -> R
    ) async throws(Failure) -> R {
        let ledger = Ledger(home)
        let result: R
        do {
            result = try await ledger.transact(own: nil) { state in
                // Who writes anyway also takes away what the dead have left.
                state.reap(now: BootClock.now, policy: FairShare()) { ledger.isAlive($0) }
                return body(&state)
            }
        } catch {
            await ledger.close()
            throw error
        }
        await ledger.close()
        return result
    }

    /// A workspace by its name.
    func selection(of name: WorkspaceName) throws(Failure) -> WorkspaceSelection {
        try require(name)
        return try select(flag: name.description)
    }
}
