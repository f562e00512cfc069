import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// What is next, who may take it, and what waits for what.
struct QueueTests {
    private func entry(
        _ path: String,
        host: String = "example.org",
        priority: Int = 1,
        runAt: Date? = nil,
        after: Int64? = nil,
        tags: [String] = [],
        unique: Bool = false,
        foregroundOwner: String? = nil,
        headers: [HeaderField] = []
    ) throws -> Entry {
        let request = JobRequest(
            url: try SourceURL("https://\(host)/\(path)"),
            priority: priority,
            headers: headers
        )
        let queued = JobDraft(
            request,
            runAt: runAt,
            after: after,
            tags: tags,
            isUnique: unique
        )
        return Entry(queued, directory: "/downloads", foregroundOwner: foregroundOwner)
    }

    @Test func `the most urgent job of each host comes first, aging included`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            _ = try await catalog.queue.add([try entry("old")], now: start)
            // One step of priority is worth ten minutes of waiting.
            let later = start.addingTimeInterval(599)
            _ = try await catalog.queue.add([try entry("dear", priority: 2)], now: later)
            let much = start.addingTimeInterval(601)
            _ = try await catalog.queue.add([try entry("late", priority: 2)], now: much)
            _ = try await catalog.queue.add([try entry("other", host: "other.org")], now: much)
            let head = try await catalog.queue.head(of: .workspace, owner: holder.id)
            #expect(head.entries.map(\.number) == [2, 4])
            #expect(head.count == 4)
            var order: [Int64] = []
            for host in ["example.org", "example.org", "other.org", "example.org"] {
                let claim = try await catalog.queue.claimNext(host: host, owner: holder.id)
                order.append(try #require(claim).number)
            }
            #expect(order == [2, 1, 4, 3])
            let none = try await catalog.queue.claimNext(
                host: "example.org",
                owner: holder.id
            )
            #expect(none == nil)
        }
    }

    @Test func `F2 a busy host with many jobs does not hide the jobs of others`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            _ = try await catalog.queue.add((0..<300).map { try entry("f\($0)", host: "busy.org") })
            _ = try await catalog.queue.add([try entry("x", host: "free.org")])
            let narrow = try await catalog.queue.head(of: .workspace, owner: holder.id)
            #expect(narrow.entries.map(\.host) == ["busy.org"])
            let wide = try await catalog.queue.head(
                of: .workspace,
                owner: holder.id,
                busy: ["busy.org"]
            )
            #expect(wide.entries.map(\.host) == ["busy.org", "free.org"])
        }
    }

    @Test func `what a process waits for in the foreground is run by nobody else`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let other = try LivenessLock(in: home.layout)
            _ = try await catalog.queue.add([try entry("mine", foregroundOwner: holder.id)])
            #expect(try await catalog.queue.head(of: .workspace, owner: other.id).count == 0)
            #expect(try await catalog.queue.head(of: .foreground, owner: other.id).count == 0)
            #expect(try await catalog.queue.head(of: .foreground, owner: holder.id).count == 1)
            #expect(try await catalog.queue.bringToForeground(number: 1, by: other.id) == false)
            _ = try await catalog.believing({ $0 != holder.id }).control.recover()
            #expect(try await catalog.queue.head(of: .workspace, owner: other.id).count == 1)
        }
    }

    @Test(arguments: ["failed", "paused", "cancelled", "skipped"])
    func `nobody waits for a job that has ended or is held, and the queue may have it`(
        end: String
    ) async throws {
        try await Home.withCatalog { home, catalog, holder in
            let other = try LivenessLock(in: home.layout)
            _ = try await catalog.queue.add([try entry("mine", foregroundOwner: holder.id)])
            let claim = try #require(
                try await catalog.queue.claim(number: 1, owner: holder.id, now: start)
            )
            let recorder = catalog.recorder
            switch end {
            case "failed": _ = try await recorder.failed(claim, failure: broken)
            case "paused": _ = try await recorder.paused(claim, by: .person)
            case "cancelled": _ = try await recorder.cancelled(claim)
            default: _ = try await recorder.skipped(claim, reason: "any", destination: nil)
            }
            _ = try await catalog.control.makeReady(number: 1, mayRepeat: true)
            #expect(try await catalog.queue.head(of: .workspace, owner: other.id).count == 1)
            #expect(try await catalog.queue.head(of: .foreground, owner: holder.id).count == 0)
        }
    }

    @Test func `who does not wait for a job any more lets go of that one alone`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let other = try LivenessLock(in: home.layout)
            for name in ["a", "b"] {
                _ = try await catalog.queue.add([try entry(name, foregroundOwner: holder.id)])
            }
            try await catalog.queue.leaveForeground(number: 1, owner: other.id)
            #expect(try await catalog.queue.head(of: .workspace, owner: other.id).count == 0)
            try await catalog.queue.leaveForeground(number: 1, owner: holder.id)
            let free = try await catalog.queue.head(of: .workspace, owner: other.id)
            #expect(free.entries.map(\.number) == [1])
            #expect(try await catalog.queue.head(of: .foreground, owner: holder.id).count == 1)
        }
    }

    @Test func `a secret that is not stored keeps a job from being run by others`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let secret = try HeaderField(name: "Authorization", value: "Bearer x")
            _ = try await catalog.queue.add([try entry("a", headers: [secret])])
            #expect(try await catalog.queue.head(of: .workspace, owner: holder.id).count == 0)
            #expect(try await catalog.queue.isDrained())
        }
    }

    @Test func `a job begins at its time and not before`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let due = start.addingTimeInterval(60)
            _ = try await catalog.queue.add([try entry("later", runAt: due)], now: start)
            #expect(try await catalog.state(1) == .scheduled)
            #expect(try await catalog.queue.promote(now: start) == due)
            #expect(try await catalog.queue.head(of: .workspace, owner: holder.id).count == 0)
            #expect(try await catalog.queue.promote(now: due) == nil)
            #expect(try await catalog.state(1) == .ready)
        }
    }

    @Test func `a job waits for the success of another, and fails with it`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let first = try await catalog.queue.claimed("first", by: holder)
            _ = try await catalog.queue.add([try entry("second", after: first.number)])
            _ = try await catalog.queue.add([try entry("third", after: 2)])
            #expect(try await catalog.state(2) == .blocked)
            let events = try await catalog.recorder.failed(first, failure: broken)
            #expect(events?.map(\.number) == [1, 2, 3])
            #expect(try await catalog.list.job(number: 3)?.failure?.code == .dependency)
            await #expect(throws: Failure.self) {
                try await catalog.queue.add([try entry("fourth", after: 1)])
            }
        }
    }

    @Test func `a success lets waiting jobs continue, at their own time`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let first = try await catalog.queue.claimed("first", by: holder)
            _ = try await catalog.queue.add([try entry("second", after: 1)])
            let later = Date(timeIntervalSinceNow: 3600)
            _ = try await catalog.queue.add([try entry("third", runAt: later, after: 1)])
            _ = try await catalog.recorder.skipped(first, reason: "file_exists", destination: nil)
            #expect(try await catalog.state(2) == .ready)
            #expect(try await catalog.state(3) == .scheduled)
            _ = try await catalog.queue.add([try entry("fourth", after: 1)])
            #expect(try await catalog.state(4) == .ready)
        }
    }

    @Test func `unique adds nothing if the same has succeeded before`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let first = try await catalog.queue.claimed("a", by: holder)
            _ = try await catalog.recorder.skipped(first, reason: "file_exists", destination: nil)
            let again = try await catalog.queue.add([try entry("a", unique: true)])
            #expect(again.map(\.job.number) == [1])
            let second = try await catalog.queue.add([try entry("a")])
            #expect(second.map(\.job.number) == [2])
        }
    }

    @Test func `Q4 progress forgives the deaths before`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            _ = try await catalog.queue.add("a")
            for death in 1...2 {
                let found = try await catalog.queue.claim(number: 1, owner: holder.id)
                let claim = try #require(found)
                if death == 2 {
                    // Progress forgives the deaths before.
                    _ = try await catalog.recorder.checkpoint(
                        claim,
                        segments: SegmentMap([ByteRange(0, 10)]),
                        bytesDone: 10,
                        transferSeconds: 1
                    )
                }
                let recovery = try await catalog.believing({ _ in false }).control.recover()
                #expect(recovery.ready == [1])
            }
            // A death, and one with progress: that makes one in a row.
            #expect(try await catalog.queue.suspects(for: holder.id).isEmpty)
            _ = try await catalog.queue.claim(number: 1, owner: holder.id)
            let recovery = try await catalog.believing({ _ in false }).control.recover()
            #expect(recovery.poisoned.isEmpty)
            #expect(try await catalog.queue.suspects(for: holder.id).map(\.number) == [1])
        }
    }

    @Test func `what was paused before its time waits again when it is resumed`()
        async throws
    {
        try await Home.withCatalog { _, catalog, _ in
            _ = try await catalog.queue.add("first")
            let later = Date(timeIntervalSinceNow: 3600)
            _ = try await catalog.queue.add([
                try entry("later", runAt: later), try entry("blocked", after: 1),
            ])
            let all = JobSelection()
            let held = try await catalog.control.apply(.pause, to: all)
            #expect(
                held.outcomes.map(\.result) == Array(repeating: .changed(to: .paused), count: 3)
            )
            let resumed = try await catalog.control.apply(.resume, to: all)
            #expect(
                resumed.outcomes.map(\.result)
                    == [.changed(to: .ready), .changed(to: .scheduled), .changed(to: .blocked)]
            )
        }
    }

    @Test func `actions on many jobs go in parts and touch only those that are meant`()
        async throws
    {
        try await Home.withCatalog { _, catalog, _ in
            let count = BulkAction.size + 10
            _ = try await catalog.queue.add(
                (0..<count).map { try entry("f\($0)", tags: $0.isMultiple(of: 2) ? ["even"] : []) }
            )
            let even = try await catalog.control.apply(
                .cancel,
                to: JobSelection(tag: "even", states: [.ready])
            )
            #expect(even.outcomes.count == count / 2)
            #expect(even.next == nil)
            var changed = 0
            var after: Int64? = 0
            while let number = after {
                let step = try await catalog.control.apply(
                    .cancel,
                    to: JobSelection(),
                    after: number
                )
                changed += step.outcomes.count { $0.result == .changed(to: .cancelled) }
                after = step.next
            }
            #expect(changed == count / 2)
            #expect(try await catalog.list.counts()[.cancelled] == count)
            #expect(try await catalog.list.quickCheck() == [])
        }
    }

    @Test func `a waiting job can be changed and moved, a running one cannot`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            for path in ["a", "b", "c"] { _ = try await catalog.queue.add(path) }
            var change = JobChange()
            change.priority = 5
            change.addedTags = ["x"]
            let changed = try #require(try await catalog.control.change(number: 2, change))
            #expect(changed.request.priority == 5)
            var order = try await catalog.list.upcoming(limit: 9).map(\.number)
            #expect(order == [2, 1, 3])
            #expect(try await catalog.control.move(number: 3, to: .first))
            order = try await catalog.list.upcoming(limit: 9).map(\.number)
            #expect(order == [3, 2, 1])
            #expect(try await catalog.control.move(number: 3, to: .last))
            order = try await catalog.list.upcoming(limit: 9).map(\.number)
            #expect(order == [2, 1, 3])
            #expect(
                try await catalog.list.jobs(tag: "x", states: [.ready], limit: 9).map(\.number) == [
                    2
                ]
            )
            _ = try await catalog.queue.claim(number: 2, owner: holder.id)
            #expect(try await catalog.control.change(number: 2, change) == nil)
            #expect(try await catalog.control.move(number: 2, to: .last) == false)
            var later = JobChange()
            later.runAt = Date(timeIntervalSinceNow: 3600)
            #expect(try await catalog.control.change(number: 1, later)?.state == .scheduled)
            later.runAt = Date()
            #expect(try await catalog.control.change(number: 1, later)?.state == .ready)
        }
    }

    @Test func `CF11 a database of the first version is brought up to date with its jobs`()
        async throws
    {
        try await Home.with { home in
            let queue = try DatabaseQueue(path: home.workspace.database)
            try await queue.write { database in
                try database.execute(sql: CreateJobs.statements)
                try database.execute(
                    sql: """
                        PRAGMA user_version = 1;
                        INSERT INTO job (id, state, sort_key, run_at, priority, created_at,
                            updated_at, host, url, directory, uniq, withheld, request)
                        VALUES ('01J00000000000000000000000', 'ready', 0, 0, 1, 0, 0, 'a.org',
                            'https://a.org/f', '/d', 'k', '[]',
                            '{"headers":[],"overrides":{},"priority":1,"url":"https://a.org/f"}');
                        """
                )
            }
            try queue.close()
            let catalog = try await home.open()
            #expect(try await catalog.list.counts()[.ready] == 1)
            let holder = try LivenessLock(in: home.layout)
            let claim = try await catalog.queue.claimNext(host: "a.org", owner: holder.id)
            #expect(claim?.job.request.url.string == "https://a.org/f")
            _ = try await catalog.queue.add("next")
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
        }
    }
}
