import ADMModel
import Foundation

/// Why a job does not run although its time has come.
extension Explanation {
    var secret: WaitReport? {
        guard let name = job.withheldHeaders.first, !isForeground else { return nil }
        return report(
            .secret,
            "job \(job.number) needs the header field \(name) again, which is not stored",
            hint: "adm resume \(job.number) --header @FILE"
        )
    }

    var ready: WaitReport {
        if let secret { return secret }
        if share.isPaused {
            return report(
                .workspacePaused,
                "job \(job.number) waits because the workspace \(workspace) is paused",
                by: workspace,
                hint: "adm ws resume \(workspace)"
            )
        }
        let present = report.workspaces.first { $0.name == workspace }
        guard isServed else {
            return report(
                .noRunner,
                "job \(job.number) waits because \(nobody)",
                hint: "adm run starts one, adm resume \(job.number) fetches it now"
            )
        }
        return hostIsBusy ?? workspaceIsFull(present) ?? isBehind ?? slotsAreUsed(present)
            ?? runnersAreFull ?? report(.starting, "job \(job.number) is about to begin")
    }

    private var hostIsBusy: WaitReport? {
        let host = job.request.url.origin.host
        let origin = job.request.url.origin.description
        if let cool = report.coolDowns.first(where: { $0.origin == origin }), cool.seconds > 0 {
            let until = now.addingTimeInterval(cool.seconds)
            let asked = now.addingTimeInterval(cool.askedSeconds)
            return report(
                .hostCoolDown,
                "job \(job.number) waits because \(origin) asked to be left alone until \(asked.shown);"
                    + " it is asked again at \(until.shown)",
                until: until,
                host: host,
                hint: "adm budget clear-cool-down \(origin) asks it at once"
            )
        }
        let there = report.slots.filter { $0.host == host }
        let limits = report.limits
        if limits.perHost > 0, there.count >= limits.perHost {
            return report(
                .hostLimit,
                "job \(job.number) waits because \(host) has \(there.count) of at most"
                    + " \(limits.perHost) transfers: \(names(there, in: .slots))",
                host: host,
                limit: limits.perHost,
                holders: there
            )
        }
        let connections = there.connections
        guard connections >= limits.hostConnections else { return nil }
        return report(
            .hostLimit,
            "job \(job.number) waits because \(host) has \(connections) of at most"
                + " \(limits.hostConnections) connections: \(names(there, in: .connections))",
            host: host,
            limit: limits.hostConnections,
            holders: there
        )
    }

    private func workspaceIsFull(_ present: BudgetReport.Workspace?) -> WaitReport? {
        guard let present, share.maxSlots > 0, present.slots >= share.maxSlots else { return nil }
        return report(
            .workspaceLimit,
            "job \(job.number) waits because \(workspace) has all \(share.maxSlots) slots that it may"
                + " have",
            limit: share.maxSlots,
            holders: report.slots.filter { $0.workspace == workspace }
        )
    }

    private var isBehind: WaitReport? {
        guard !isForeground, position.before > 0 else { return nil }
        let used = isFull ? "; \(usage)" : ""
        return report(
            .queue,
            "job \(job.number) is number \(position.before + 1) in the queue of"
                + " \(workspace)\(used)",
            limit: report.limits.capacity,
            holders: report.slots
        )
    }

    private func slotsAreUsed(_ present: BudgetReport.Workspace?) -> WaitReport? {
        guard isFull else { return nil }
        let part = present.map { "; the part of \(workspace) is \(Explanation.part($0.entitled))" }
        let isOfSlots = report.limits.unit == .slots
        return report(
            isOfSlots ? .slots : .connections,
            "job \(job.number) is next in \(workspace) and waits for a"
                + " \(isOfSlots ? "slot" : "connection"); \(usage)\(part ?? "")",
            limit: report.limits.capacity,
            holders: report.slots
        )
    }

    private var runnersAreFull: WaitReport? {
        let known = report.processes.filter { runners.contains($0.process) }
        guard known.count == runners.count, let first = known.first,
            known.allSatisfy({ $0.slots >= $0.capacity })
        else { return nil }
        let count = known.map(\.capacity).reduce(0, +)
        let who = known.map { "\($0.process)" }.joined(separator: " and ")
        return report(
            .processLimit,
            "job \(job.number) waits because process \(who) fetches \(count)"
                + " \(count == 1 ? "file" : "files") at once and no more (max-concurrent)",
            limit: count,
            holders: report.slots.filter { $0.process == first.process }
        )
    }

    /// Whether nobody may begin before somebody ends.
    private var isFull: Bool {
        let limits = report.limits
        if limits.slots > 0, report.slots.count >= limits.slots { return true }
        return report.slots.connections >= limits.connections
    }

    private var usage: String {
        let limits = report.limits
        // A few large files may have all connections before all slots are in use.
        let unit: BudgetLimits.Unit =
            limits.slots > 0 && report.slots.count >= limits.slots ? .slots : .connections
        let count = unit == .slots ? limits.slots : limits.connections
        let what = unit == .slots ? "slot" : "connection"
        return "\(count == 1 ? "the only \(what) is" : "all \(count) \(what)s are") in use: "
            + names(report.slots, in: unit)
    }

    /// `3 by work, 1 by home`.
    private func names(_ slots: [BudgetReport.Slot], in unit: BudgetLimits.Unit) -> String {
        let counts = Dictionary(grouping: slots, by: \.workspace).mapValues {
            unit == .slots ? $0.count : $0.connections
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) by \($0.key)" }.joined(separator: ", ")
    }

    private static func part(_ slots: Double) -> String {
        let tenths = (slots * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(saturating: tenths))" : "\(tenths)"
    }
}
