import ADMCatalog
import ADMModel
import ADMScheduling
import ADMSystem
import Foundation
import Testing

/// Several parties of one budget in one process: each has a liveness lock and a ledger of its own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BudgetProcessTests {
    /// How often; more for figures: `ADM_ROUNDS=1000 swift test --filter BudgetProcessTests`.
    private static var rounds: Int {
        ProcessInfo.processInfo.environment["ADM_ROUNDS"].flatMap(Int.init) ?? 25
    }

    private func with(
        slots: Int,
        parties: Int,
        _ body: ([Budget]) async throws -> Void
    ) async throws {
        let root = NSTemporaryDirectory() + "adm-budget-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: root,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await open(parties, slots: slots, root: root, opened: [], body)
    }

    private func open(
        _ parties: Int,
        slots: Int,
        root: String,
        opened: [Budget],
        _ body: ([Budget]) async throws -> Void
    ) async throws {
        guard parties > 0 else { return try await body(opened) }
        let configuration = Budget.Configuration(
            home: HomeLayout(root: root),
            limits: { BudgetLimits(slots: slots, perHost: 0) },
            capacity: { 10 },
            role: "run"
        )
        try await Budget.run(configuration) { budget in
            try await open(
                parties - 1,
                slots: slots,
                root: root,
                opened: opened + [budget],
                body
            )
        }
    }

    private func member(_ number: Int) -> Budget.Member {
        Budget.Member(id: "workspace-\(number)", name: "w\(number)", share: WorkspaceShare())
    }

    private var head: QueueHead {
        var head = QueueHead()
        head.entries = [.init(number: 1, host: "example.org", origin: "http://example.org")]
        head.count = 1
        return head
    }

    @Test func `a slot is taken and given back again and again`() async throws {
        try await with(slots: 2, parties: 1) { budgets in
            var times: [Double] = []
            for _ in 0..<Self.rounds {
                let start = ContinuousClock.now
                let answer = try await budgets[0].update(member(0), demand: head)
                let lease = try #require(answer.granted.first)
                await budgets[0].giveBack(lease)
                try await budgets[0].tell()
                times.append(start.duration(to: .now) / .milliseconds(1))
            }
            report("acquire and release", times)
        }
    }

    @Test func `who waits is woken by the one who gives the slot back`() async throws {
        try await with(slots: 1, parties: 2) { budgets in
            let stream = await budgets[1].news()
            try await watchIsUp(budgets[1], stream)
            var news = stream.makeAsyncIterator()
            var times: [Double] = []
            for _ in 0..<Self.rounds {
                let held = try await budgets[0].update(member(0), demand: head)
                let lease = try #require(held.granted.first)
                let waiting = try await budgets[1].update(member(1), demand: head)
                #expect(waiting.granted.isEmpty && waiting.isWaiting)
                let start = ContinuousClock.now
                await budgets[0].giveBack(lease)
                try await budgets[0].tell()
                var granted: [Lease] = []
                // An earlier wake-up may still be on its way.
                while granted.isEmpty, await news.next() != nil {
                    granted = try await budgets[1].update(member(1), demand: head).granted
                }
                times.append(start.duration(to: .now) / .milliseconds(1))
                await budgets[1].giveBack(try #require(granted.first))
                try await budgets[1].tell()
                _ = try await budgets[1].update(member(1), demand: nil)
            }
            report("wake-up after a release", times)
        }
    }

    /// Waits until wake-ups arrive: the watch is set up beside the test.
    private func watchIsUp(_ budget: Budget, _ news: AsyncStream<Void>) async throws {
        let home = budget.home
        let id = budget.holder.id
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in news { return } }
            group.addTask {
                while !Task.isCancelled {
                    LivenessLock.wake(id: id, in: home)
                    await Task.yield()
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    @Test func `a busy host and a transfer that cannot be stopped are known to all`()
        async throws
    {
        try await with(slots: 2, parties: 2) { budgets in
            let answer = try await budgets[0].update(member(0), demand: head)
            let lease = try #require(answer.granted.first)
            await budgets[0].keep(lease)
            let coolDown = Budget.CoolDown(origin: "http://example.org", seconds: 60)
            await budgets[0].giveBack(lease, coolDown: coolDown)
            try await budgets[0].tell()
            let other = try await budgets[1].update(member(1), demand: head)
            #expect(other.granted.isEmpty)
            #expect(Array(other.coolDowns.keys) == ["http://example.org"])
            await budgets[0].noteAnswer(of: "http://example.org")
            _ = try await budgets[0].update(member(0), demand: nil)
            let again = try await budgets[1].update(member(1), demand: head)
            #expect(!again.granted.isEmpty)
            #expect(again.coolDowns.isEmpty)
        }
    }

    private func report(_ what: String, _ times: [Double]) {
        let sorted = times.sorted()
        func at(_ part: Double) -> Double {
            sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
        }
        #expect(!sorted.isEmpty)
        guard ProcessInfo.processInfo.environment["ADM_ROUNDS"] != nil else { return }
        print("\(what): p50 \(at(0.5)) ms, p99 \(at(0.99)) ms, \(sorted.count) rounds")
    }
}
