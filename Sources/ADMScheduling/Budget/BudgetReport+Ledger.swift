package import ADMCatalog
package import ADMModel

extension BudgetReport {
    /// The ledger as people see it; `workspaces` are the present names by UUID.
    package init(_ state: LedgerState, workspaces: [String: WorkspaceName], now: Int64) {
        let seconds = { (since: Int64) in Double(max(0, now - since)) / 1000 }
        let name = { (id: String) in BudgetReport.name(of: id, in: state, workspaces) }
        let slots = state.leases.values.sorted { $0.serial < $1.serial }.map { lease in
            Slot(
                workspace: name(lease.workspace),
                job: lease.job,
                host: lease.host,
                state: lease.state.rawValue,
                connections: lease.connections,
                isResumable: lease.isResumable,
                heldSeconds: seconds(lease.grantedAt),
                process: state.holders[lease.holder]?.process ?? 0
            )
        }
        let processes = state.holders.map { id, holder in
            Process(
                process: holder.process,
                role: holder.role,
                slots: state.leases.values.count { $0.holder == id },
                capacity: holder.capacity
            )
        }
        self.init(
            limits: state.limits,
            slots: slots,
            processes: processes.sorted { $0.process < $1.process },
            workspaces: BudgetReport.usage(state, of: workspaces, now: now),
            coolDowns: state.coolDowns.map { origin, entry in
                CoolDown(
                    origin: origin,
                    seconds: Double(max(0, entry.until - now)) / 1000,
                    askedSeconds: Double(max(0, entry.asked - now)) / 1000
                )
            }
            .sorted { $0.origin < $1.origin }
        )
    }

    private static func name(
        of id: String,
        in state: LedgerState,
        _ workspaces: [String: WorkspaceName]
    ) -> String {
        workspaces[id]?.description ?? state.shares[id]?.name ?? id
    }

    /// What each workspace has and waits for, by name.
    private static func usage(
        _ state: LedgerState,
        of workspaces: [String: WorkspaceName],
        now: Int64
    ) -> [Workspace] {
        let snapshot = BudgetSnapshot(state, policy: FairShare(), now: now)
        return state.shares.compactMap { id, entry -> Workspace? in
            // A workspace that was removed is of no interest any more.
            guard workspaces[id] != nil || snapshot.usages[id] != nil else { return nil }
            let usage = snapshot.usages[id]
            let waiting = state.waiters.values.filter { $0.key.workspace == id }
            return Workspace(
                name: name(of: id, in: state, workspaces),
                share: entry.share,
                slots: usage?.running ?? 0,
                connections: usage?.connections ?? 0,
                entitled: usage?.entitled ?? 0,
                // Several processes may ask for the same jobs.
                waiting: waiting.map(\.demand).max() ?? 0,
                waitingSeconds: waiting.map(\.since).min().map {
                    Double(max(0, now - $0)) / 1000
                }
            )
        }
        .sorted { $0.name < $1.name }
    }
}
