import ADMModel
import Foundation
import Testing

@testable import ADMEngine

/// What `adm why` says, from facts.
struct ExplanationTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func slot(
        _ workspace: String,
        job: Int64 = 1,
        host: String = "a.org"
    ) -> BudgetReport.Slot {
        BudgetReport.Slot(
            workspace: workspace,
            job: job,
            host: host,
            state: "held",
            isResumable: true,
            heldSeconds: 75,
            process: 4242
        )
    }

    private func explain(
        _ state: JobState = .ready,
        slots: [BudgetReport.Slot] = [],
        limits: BudgetLimits = BudgetLimits(slots: 2, perHost: 0),
        processes: [BudgetReport.Process] = [],
        runners: [Int64] = [4711],
        coolDowns: [BudgetReport.CoolDown] = [],
        before: Int = 0,
        isForeground: Bool = false,
        dependency: JobState? = nil,
        share: WorkspaceShare = WorkspaceShare(),
        _ change: (inout Job) -> Void = { _ in }
    ) throws -> WaitReport {
        var job = Job(
            id: JobID(),
            number: 7,
            request: JobRequest(url: try SourceURL("https://a.org/f.iso")),
            state: state,
            directory: "/d",
            createdAt: Self.now
        )
        job.runAt = Self.now.addingTimeInterval(state == .ready ? 0 : 60)
        change(&job)
        var other: Job?
        if let dependency {
            other = job
            other?.state = dependency
        }
        return Explanation(
            job: job,
            workspace: "work",
            report: BudgetReport(
                limits: limits,
                slots: slots,
                processes: processes,
                workspaces: [
                    BudgetReport.Workspace(
                        name: "work",
                        share: share,
                        slots: slots.count { $0.workspace == "work" },
                        entitled: 1.5,
                        waiting: 1,
                        waitingSeconds: 3
                    )
                ],
                coolDowns: coolDowns
            ),
            position: (before, before + 1),
            isForeground: isForeground,
            runners: runners,
            dependency: other,
            share: share,
            now: Self.now
        ).answer
    }

    @Test func `all slots in use: who has them, and what is due`() throws {
        let report = try explain(slots: [slot("home"), slot("home", job: 2)])
        #expect(report.reason == .slots)
        #expect(
            report.sentence
                == "job 7 is next in work and waits for a slot; all 2 slots are in use: 2 by home;"
                + " the part of work is 1.5"
        )
        #expect(report.holders.count == 2)
    }

    @Test func `others come first: the place in the queue`() throws {
        let report = try explain(slots: [slot("work"), slot("home")], before: 11)
        #expect(report.reason == .queue)
        #expect(report.position == 12)
        #expect(report.sentence.hasPrefix("job 7 is number 12 in the queue of work"))
        #expect(report.sentence.hasSuffix("1 by home, 1 by work"))
    }

    @Test func `a host that is full or wants to be left alone is named`() throws {
        let full = try explain(slots: [slot("home")], limits: BudgetLimits(slots: 8, perHost: 1))
        #expect(full.reason == .hostLimit)
        #expect(full.sentence.contains("a.org has 1 of at most 1 transfers: 1 by home"))
        let cool = try explain(
            coolDowns: [.init(origin: "https://a.org", seconds: 30, askedSeconds: 3000)]
        )
        #expect(cool.reason == .hostCoolDown)
        #expect(cool.until == Self.now.addingTimeInterval(30))
        #expect(cool.hint?.contains("adm budget clear-cool-down https://a.org") == true)
        for other in [("http://a.org", 30.0), ("https://a.org", 0)] {
            let free = try explain(
                coolDowns: [.init(origin: other.0, seconds: other.1, askedSeconds: 3000)]
            )
            #expect(free.reason != .hostCoolDown)
        }
    }

    @Test func `a paused workspace, its own limit, and nobody who runs the queue`() throws {
        let paused = try explain(share: WorkspaceShare(isPaused: true))
        #expect(paused.reason == .workspacePaused)
        let limited = try explain(slots: [slot("work")], share: WorkspaceShare(maxSlots: 1))
        #expect(limited.reason == .workspaceLimit)
        let alone = try explain(runners: [])
        #expect(alone.reason == .noRunner)
        #expect(alone.hint?.contains("adm run") == true)
        // Another process fetches something for the workspace, and takes nothing from its queue.
        #expect(try explain(slots: [slot("work")], runners: []).reason == .noRunner)
        #expect(try explain(runners: [], isForeground: true).reason == .starting)
    }

    @Test func `a job that waits for something else says that nobody runs the queue`() throws {
        let nobody = "no process runs the queue of work"
        for state in [JobState.scheduled, .retrying, .blocked] {
            let alone = try explain(state, runners: [], dependency: .ready)
            #expect(alone.sentence.contains(nobody), "\(alone.sentence)")
            #expect(!alone.sentence.contains("waits until"))
            #expect(try !explain(state, dependency: .ready).sentence.contains(nobody))
            let paused = try explain(state, dependency: .ready, share: .init(isPaused: true))
            #expect(paused.sentence.contains("the workspace work is paused"))
        }
        #expect(try !explain(.blocked, runners: [], dependency: .running).sentence.contains(nobody))
        for state in [JobState.scheduled, .retrying] {
            let due = try explain(state, runners: []) { $0.runAt = Self.now }
            #expect(due.reason == .noRunner)
            #expect(try explain(state) { $0.runAt = Self.now }.reason == .starting)
        }
        let ahead = try explain(.retrying) { $0.runAt = Self.now.addingTimeInterval(2_592_000) }
        #expect(ahead.until == nil)
        #expect(ahead.sentence == "job 7 is tried again")
    }

    @Test func `a process that fetches as many files as it may is named`() throws {
        let full = BudgetReport.Process(process: 4711, role: "run", slots: 1, capacity: 1)
        let report = try explain(slots: [slot("work")], processes: [full])
        #expect(report.reason == .processLimit)
        #expect(report.sentence.contains("process 4711 fetches 1 file at once"))
        let free = BudgetReport.Process(process: 4712, role: "run", slots: 0, capacity: 8)
        let other = try explain(
            slots: [slot("work")],
            processes: [full, free],
            runners: [4711, 4712]
        )
        #expect(other.reason == .starting)
    }

    @Test func `every other state says what it waits for`() throws {
        #expect(
            try explain(.running, slots: [slot("work", job: 7)]).sentence.contains(
                "1m in process 4242"
            )
        )
        #expect(try explain(.paused) { $0.pausedBy = .noSpace }.by == "no-space")
        #expect(try explain(.paused) { $0.pausedBy = .person }.sentence.contains("adm queue pause"))
        #expect(try explain(.scheduled).until != nil)
        #expect(
            try explain(.retrying) { $0.failure = Failure(.network, "it broke") }.sentence
                .hasSuffix("after: it broke")
        )
        let blocked = try explain(.blocked, dependency: .paused) { $0.after = 3 }
        #expect(blocked.sentence.hasSuffix("the success of job 3, which is paused"))
        let lost = try explain(.blocked) { $0.after = 3 }
        #expect(lost.sentence.hasSuffix("job 3, which does not exist any more"))
        #expect(try explain(.succeeded).reason == .finished)
        #expect(try explain { $0.withheldHeaders = ["Cookie"] }.reason == .secret)
    }
}
