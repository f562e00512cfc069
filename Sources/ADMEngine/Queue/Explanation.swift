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
    let isForeground: Bool
    /// The processes that would run it: the one that waits for it, else those that run the queue.
    let runners: [Int64]
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
        case .scheduled: scheduled
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
        let when = job.finishedAt.map { " \($0.shown)" } ?? ""
        let verb = job.state == .cancelled ? "was cancelled" : "has \(job.state.rawValue)"
        return report(
            .finished,
            "job \(job.number) \(verb)\(when)\(job.state == .failed ? cause : "")",
            hint: job.state == .succeeded
                ? nil
                : "adm resume \(job.number) tries it again now, adm queue retry \(job.number) puts it back"
                    + " into the queue"
        )
    }

    var isServed: Bool { isForeground || !runners.isEmpty }

    var nobody: String { "no process runs the queue of \(workspace)" }

    /// What else would keep it from running; the end of a sentence.
    private var besides: String {
        if share.isPaused { return ", and the workspace \(workspace) is paused" }
        return isServed ? "" : ", and \(nobody)"
    }

    private var scheduled: WaitReport {
        // Whoever runs the queue makes it ready.
        if job.runAt <= now { return ready }
        return report(
            .scheduled,
            "job \(job.number) waits for its time, \(job.runAt.shown)\(besides)",
            until: job.runAt,
            hint: (isServed ? "" : "adm run begins it then; ")
                + "adm queue set \(job.number) --at +0s lets it begin at once"
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
            hint: isServed
                ? "adm queue resume \(job.number) lets it go on"
                : "adm resume \(job.number) continues it now, adm queue resume \(job.number) puts it back"
                    + " into the queue"
        )
    }

    private var retrying: WaitReport {
        if job.runAt <= now { return ready }
        if let secret { return secret }
        let cause = job.failure.map { " after: \($0.message)" } ?? ""
        let limit = now.addingTimeInterval(RetryPolicy.longestWait)
        // A clock that was ahead set the time; who runs the queue sets it right.
        let until = job.runAt <= limit ? job.runAt : nil
        guard isServed, !share.isPaused else {
            let from = until.map { " from \($0.shown) on" } ?? ""
            let last = job.failure.map { "; the last attempt failed: \($0.message)" } ?? ""
            return report(
                .retry,
                "job \(job.number) is to be tried again\(from)\(besides)\(last)",
                until: until,
                hint: share.isPaused
                    ? "adm ws resume \(workspace)"
                    : "adm run starts one, adm resume \(job.number) tries it again now"
            )
        }
        return report(
            .retry,
            "job \(job.number) is tried again\(until.map { " at \($0.shown)" } ?? "")\(cause)",
            until: until
        )
    }

    private var blocked: WaitReport {
        let other = job.after.map { "job \($0)" } ?? "another job"
        let state =
            switch dependency?.state {
            case nil: ", which does not exist any more"
            case .succeeded: ", which has succeeded"
            case .failed: ", which failed"
            case .cancelled: ", which was cancelled"
            case .some(let state): ", which is \(state.rawValue)"
            }
        let isOnItsWay = dependency?.state == .running || dependency?.state == .finalizing
        return report(
            .dependency,
            "job \(job.number) waits for the success of \(other)\(state)\(isOnItsWay ? "" : besides)",
            by: job.after.map(String.init),
            hint: job.after.map { "adm why \($0) says what that one waits for" }
        )
    }

    // MARK: - Words

    func report(
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
            position: job.state == .ready && !isForeground ? position.before + 1 : nil,
            waiting: job.state == .ready ? position.all : nil,
            until: until,
            by: by,
            host: host,
            limit: limit,
            holders: holders,
            hint: hint
        )
    }

    private static func span(_ seconds: Double) -> String {
        let whole = Int(saturating: seconds)
        return whole < 60 ? "\(whole)s" : whole < 3600 ? "\(whole / 60)m" : "\(whole / 3600)h"
    }
}
