import ADMCatalog
import ADMModel
import ADMProfiles
import ADMScheduling
import ADMSystem
import Foundation

/// The budget of all workspaces: its limits, who uses it, and what each workspace may have.
struct SharedBudget: Sendable {
    let files: HomeFiles

    /// Writes limits to `config.toml` and tells them to all processes.
    ///
    /// - Returns: The limits that count now.
    /// - Throws: ``Failure`` with `configuration` for a value out of range, and nothing was changed;
    ///   with `storage` or `noSpace`.
    func set(_ change: BudgetChange) async throws(Failure) -> BudgetLimits {
        let path = files.layout.configFile
        let limits = try await Blocking.waiting { () throws(Failure) in
            try files.locked { () throws(Failure) in
                var text = try StateFile.read(path) ?? ""
                for (key, value) in change.settings {
                    text = try ProfileEditor.set(
                        key,
                        to: [value],
                        in: text,
                        kind: .config,
                        path: path
                    )
                }
                try StateFile.replace(path, with: text)
            }
            return try SettingsReader(files: files).budgetLimits()
        }
        try await changeLedger { $0.limits = limits }
        return limits
    }

    /// Lets origins be asked at once that wanted to be left alone; nil is all of them.
    ///
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`.
    /// - Returns: Those that were left alone until now, by name.
    func endCoolDowns(of origins: Set<String>?) async throws(Failure) -> [String] {
        try await inLedger { state in
            FairShare().settle(&state, now: BootClock.now)
            let ended = state.coolDowns.keys.filter { origins?.contains($0) ?? true }
            for origin in ended { state.endCoolDown(of: origin) }
            FairShare().settle(&state, now: BootClock.now)
            return ended.sorted()
        }
    }

    /// Writes what a workspace may have to its profile, and tells it to all processes.
    ///
    /// With `yielding`, the running transfers of a workspace that is being paused
    /// give their slots back after a checkpoint; otherwise they end.
    ///
    /// - Returns: What it may have now.
    /// - Throws: ``Failure`` with `configuration` for a value out of range, `workspaceNotFound`.
    func set(
        _ change: ShareChange,
        of name: WorkspaceName,
        yielding: Bool
    ) async throws(Failure) -> WorkspaceShare {
        let (id, share) = try await Blocking.waiting { () throws(Failure) in
            let selection = try WorkspaceSelector(files: files).selection(of: name)
            try check(change, in: selection)
            for (key, value) in change.settings {
                try Profiles(files: files).set(key, to: [value], in: selection)
            }
            let share = try SettingsReader(files: files).settings(of: name).share
            return (selection.identifier, share)
        }
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

    /// Sees that all of a change is right before any of it is written.
    private func check(
        _ change: ShareChange,
        in selection: WorkspaceSelection
    ) throws(Failure) {
        let path = selection.layout.profile
        var text = try Profiles(files: files).text(of: selection.name)
        for (key, value) in change.settings {
            text = try ProfileEditor.set(key, to: [value], in: text, path: path)
        }
        let wanted = try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: try ProfileFile(path: path, text: text),
            config: nil
        ).share
        // Only who changes them is told: a pause must be possible whatever else is wrong.
        guard change.isOfSlots, wanted.maxSlots > 0, wanted.minSlots > wanted.maxSlots else {
            return
        }
        throw Failure(
            .configuration,
            "in the workspace \(selection.name), min-slots would be \(wanted.minSlots) and max-slots only"
                + " \(wanted.maxSlots)",
            hint: "adm ws set \(selection.name) --min N --max N changes both"
        )
    }

    /// Who uses the budget, who waits, and what every workspace has and is entitled to.
    ///
    /// It only looks: no lock is waited for and nothing is written.
    ///
    /// - Throws: ``Failure`` with `configuration` or `databaseTooNew`.
    func report() async throws(Failure) -> BudgetReport {
        let (known, limits) = try await Blocking.run { () throws(Failure) in
            var known: [String: WorkspaceName] = [:]
            for name in try files.names() {
                if let id = try? files.identity(of: name) {
                    known[id.uuidString.lowercased()] = name
                }
            }
            return (known, try SettingsReader(files: files).budgetLimits())
        }
        let ledger = Ledger(files.layout)
        return try await ledger.look { state in
            let now = BootClock.now
            state.limits = limits
            state.reap(now: now, policy: FairShare()) { ledger.isSeenAlive($0) }
            FairShare().settle(&state, now: now)
            return BudgetReport(state, workspaces: known, now: now)
        }
    }

    // MARK: - The ledger

    private func changeLedger(
        _ change: @escaping @Sendable (inout LedgerState) -> Void
    ) async throws(Failure) {
        try await inLedger { state in
            change(&state)
            FairShare().settle(&state, now: BootClock.now)
        }
    }

    /// Changes the ledger and tells every process to look at it.
    private func inLedger<R: Sendable>(
        _ body: @escaping @Sendable (inout LedgerState) -> R
    ) async throws(Failure) -> R {
        let layout = files.layout
        let ledger = Ledger(layout)
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
        await Blocking.run { LivenessLock.wakeAll(in: layout) }
        return result
    }
}
