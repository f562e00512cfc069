import ADMModel
import Foundation

/// The facts from which it follows why a job waits; pure.
struct Explanation {
    let job: Job
    let workspace: String
    let report: BudgetReport
    /// How many jobs come before it, and how many are ready.
    let position: (before: Int, all: Int)
    /// Whether a process waits for it in the foreground.
    let isAttended: Bool
    /// The job that it waits for.
    let dependency: Job?
    let share: WorkspaceShare
    let now: Date

    /// Why it is not running.
    var answer: WaitReport {
        switch job.state {
        case .running, .finalizing: running
        case .succeeded, .failed, .cancelled: finished
        case .paused: paused
        case .scheduled:
            report(
                .scheduled,
                "job \(job.number) waits for its time, \(time(job.runAt))",
                until: job.runAt
            )
        case .retrying: retrying
        case .blocked: blocked
        case .ready: ready
        }
    }

    // MARK: - States

    private var slot: BudgetReport.Slot? {
        report.slots.first { $0.workspace == workspace && $0.job == job.number }
    }

    private var running: WaitReport {
        guard let slot else {
            return report(.running, "job \(job.number) is \(job.state.rawValue)")
        }
        let since = Explanation.span(slot.heldSeconds)
        let yields =
            slot.state == "yielding" ? "; it gives its slot back at the next checkpoint" : ""
        var answer = report(
            .running,
            "job \(job.number) is running since \(since) in process \(slot.process)\(yields)"
        )
        answer.holders = [slot]
        return answer
    }

    private var finished: WaitReport {
        let cause = job.failure.map { ": \($0.message)" } ?? ""
        let when = job.finishedAt.map { " \(time($0))" } ?? ""
        let verb = job.state == .cancelled ? "was cancelled" : "has \(job.state.rawValue)"
        return report(
            .finished,
            "job \(job.number) \(verb)\(when)\(job.state == .failed ? cause : "")",
            hint: job.state == .succeeded ? nil : "adm queue retry \(job.number) tries it again"
        )
    }

    private var paused: WaitReport {
        let sentence =
            switch job.pausedBy {
            case .person, nil: "job \(job.number) was paused with adm queue pause or in adm top"
            case .interruption:
                "job \(job.number) is held since the process that fetched it was stopped"
            case .noSpace:
                "job \(job.number) is held for want of space: \(job.failure?.message ?? "")"
            case .credentialStore:
                "job \(job.number) is held for want of its credential: \(job.failure?.message ?? "")"
            }
        return report(
            .paused,
            sentence,
            by: job.pausedBy?.rawValue,
            hint: "adm queue resume \(job.number) lets it go on"
        )
    }

    private var retrying: WaitReport {
        let cause = job.failure.map { " after: \($0.message)" } ?? ""
        return report(
            .retry,
            "job \(job.number) waits until \(time(job.runAt)) for its next attempt\(cause)",
            until: job.runAt
        )
    }

    private var blocked: WaitReport {
        let other = job.after.map { "job \($0)" } ?? "another job"
        let state = dependency.map { ", which is \($0.state.rawValue)" } ?? ""
        return report(
            .dependency,
            "job \(job.number) waits for the success of \(other)\(state)",
            by: job.after.map(String.init)
        )
    }

    // MARK: - Ready, and yet not running

    private var ready: WaitReport {
        if let name = job.withheldHeaders.first, !isAttended {
            return report(
                .secret,
                "job \(job.number) needs the header field \(name) again, which is not stored",
                hint: "adm resume \(job.number) --header @FILE"
            )
        }
        if share.isPaused {
            return report(
                .workspacePaused,
                "job \(job.number) waits because the workspace \(workspace) is paused",
                by: workspace,
                hint: "adm ws resume \(workspace)"
            )
        }
        let present = report.workspaces.first { $0.name == workspace }
        let isServed = isAttended || present.map { $0.slots > 0 || $0.waiting > 0 } ?? false
        guard isServed else {
            return report(
                .noRunner,
                "job \(job.number) waits because no process runs the queue of \(workspace)",
                hint: "adm run starts one, adm resume \(job.number) fetches it now"
            )
        }
        return hostIsBusy ?? workspaceIsFull(present) ?? isBehind ?? slotsAreUsed(present)
            ?? report(.starting, "job \(job.number) is about to begin")
    }

    private var hostIsBusy: WaitReport? {
        let host = job.request.url.origin.host
        let origin = job.request.url.origin.description
        if let cool = report.coolDowns.first(where: { $0.origin == origin }), cool.seconds > 0 {
            let until = now.addingTimeInterval(cool.seconds)
            let asked = now.addingTimeInterval(cool.askedSeconds)
            return report(
                .hostCoolDown,
                "job \(job.number) waits because \(origin) asked to be left alone until \(time(asked));"
                    + " it is asked again at \(time(until))",
                until: until,
                host: host,
                hint: "adm budget clear-cool-down \(origin) asks it at once"
            )
        }
        let there = report.slots.filter { $0.host == host }
        guard report.limits.perHost > 0, there.count >= report.limits.perHost else { return nil }
        return report(
            .hostLimit,
            "job \(job.number) waits because \(host) has \(there.count) of at most"
                + " \(report.limits.perHost) transfers: \(names(there))",
            host: host,
            limit: report.limits.perHost,
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
        guard !isAttended, position.before > 0 else { return nil }
        let used = report.slots.count >= report.limits.slots ? "; \(usage)" : ""
        return report(
            .queue,
            "job \(job.number) is number \(position.before + 1) in the queue of"
                + " \(workspace)\(used)",
            limit: report.limits.slots,
            holders: report.slots
        )
    }

    private func slotsAreUsed(_ present: BudgetReport.Workspace?) -> WaitReport? {
        guard report.slots.count >= report.limits.slots else { return nil }
        let part = present.map { "; the part of \(workspace) is \(Explanation.part($0.entitled))" }
        return report(
            .slots,
            "job \(job.number) is next in \(workspace) and waits for a slot; \(usage)\(part ?? "")",
            limit: report.limits.slots,
            holders: report.slots
        )
    }

    private var usage: String {
        let slots = report.limits.slots
        return "\(slots == 1 ? "the only slot is" : "all \(slots) slots are") in use: "
            + names(report.slots)
    }

    // MARK: - Words

    /// `3 by work, 1 by home`.
    private func names(_ slots: [BudgetReport.Slot]) -> String {
        let counts = Dictionary(grouping: slots, by: \.workspace).mapValues(\.count)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) by \($0.key)" }.joined(separator: ", ")
    }

    private func report(
        _ reason: WaitReport.Reason,
        _ sentence: String,
        until: Date? = nil,
        by: String? = nil,
        host: String? = nil,
        limit: Int? = nil,
        holders: [BudgetReport.Slot] = [],
        hint: String? = nil
    ) -> WaitReport {
        WaitReport(
            job: job.number,
            state: job.state,
            reason: reason,
            sentence: sentence,
            position: job.state == .ready && !isAttended ? position.before + 1 : nil,
            waiting: job.state == .ready ? position.all : nil,
            until: until,
            by: by,
            host: host,
            limit: limit,
            holders: holders,
            hint: hint
        )
    }

    private func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current))
    }

    private static func part(_ slots: Double) -> String {
        let tenths = (slots * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(saturating: tenths))" : "\(tenths)"
    }

    private static func span(_ seconds: Double) -> String {
        let whole = Int(saturating: seconds)
        return whole < 60 ? "\(whole)s" : whole < 3600 ? "\(whole / 60)m" : "\(whole / 3600)h"
    }
}
