import ADMCatalog
import ADMModel
import ADMScheduling
import Testing

/// F1, F4, F6: the policy over hours of virtual time, with seeded workloads.
struct FairnessTests {
    private static let seeds: [UInt64] = [1, 2]

    @Test(arguments: seeds)
    func `F1 a flood, huge jobs and mixed ones share evenly in every window`(_ seed: UInt64) {
        var simulation = BudgetSimulation(
            slots: 8,
            weights: ["flood": 1, "huge": 1, "mixed": 1],
            seed: seed
        )
        for _ in 0..<12_000 { simulation.add("flood", seconds: simulation.random(1...9)) }
        for _ in 0..<400 { simulation.add("huge", seconds: simulation.random(600...7200)) }
        for _ in 0..<4000 { simulation.add("mixed", seconds: simulation.random(5...200)) }
        for _ in 0..<10_000 { simulation.step() }
        let records = simulation.records.values
        #expect(jain(records.map(\.slotSeconds)) >= 0.99)
        let windows = records.first?.windows.indices ?? 0..<0
        for window in windows where records.allSatisfy({ $0.backlogged[window] }) {
            #expect(jain(records.map { $0.windows[window] }) >= 0.95, "window \(window)")
        }
        #expect(simulation.longestIdle <= 1)
        #expect(simulation.overruns == 0)
    }

    @Test(arguments: seeds)
    func
        `connections are shared evenly between one who fetches small files and one who fetches large ones`(
            _ seed: UInt64
        )
    {
        var simulation = BudgetSimulation(
            BudgetLimits(connections: 24, hostConnections: 24),
            weights: ["small": 1, "large": 1],
            seed: seed
        )
        for _ in 0..<40_000 { simulation.add("small", seconds: simulation.random(1...4)) }
        for _ in 0..<800 {
            simulation.add("large", seconds: simulation.random(60...900), connections: 8)
        }
        for _ in 0..<5000 { simulation.step() }
        #expect(jain(simulation.records.values.map(\.slotSeconds)) >= 0.98)
        #expect(simulation.waiting(in: "small") > 0 && simulation.waiting(in: "large") > 0)
        #expect(simulation.overruns == 0)
    }

    @Test(arguments: seeds, [1, 4, 8])
    func `weights are kept within five percent`(_ seed: UInt64, _ slots: Int) {
        let weights = ["a": 3, "b": 2, "c": 1]
        var simulation = BudgetSimulation(slots: slots, weights: weights, seed: seed)
        for name in weights.keys.sorted() {
            for _ in 0..<9000 {
                let isLong = simulation.random(0...99) == 0
                simulation.add(name, seconds: simulation.random(isLong ? 300...2000 : 5...60))
            }
        }
        for _ in 0..<10_000 { simulation.step() }
        let total = simulation.records.values.map(\.slotSeconds).reduce(0, +)
        for (name, weight) in weights {
            #expect(simulation.waiting(in: name) > 0)
            let part = (simulation.records[name]?.slotSeconds ?? 0) / total
            let due = Double(weight) / 6
            #expect(abs(part - due) <= 0.05 * due, "\(name) has \(part) instead of \(due)")
        }
        #expect(simulation.longestIdle <= 1)
    }

    @Test(arguments: [1, 2, 3, 4, 8])
    func `a newcomer gets a slot within the quantum and six seconds`(_ slots: Int) {
        var simulation = BudgetSimulation(
            slots: slots,
            weights: ["one": 1, "two": 1, "three": 1, "new": 1],
            seed: 7
        )
        for name in ["one", "three", "two"] {
            for _ in 0..<20 { simulation.add(name, seconds: 3600) }
        }
        for _ in 0..<1000 { simulation.step() }
        simulation.add("new", seconds: 100)
        var waited = 0
        while simulation.slots(of: "new") == 0, waited < 500 {
            simulation.step()
            waited += 1
        }
        #expect(waited <= 66, "it waited \(waited) s for one of \(slots) slots")
    }

    @Test func `F1 a trickle beside hour-long transfers waits a minute, not hours`() {
        var simulation = BudgetSimulation(
            slots: 2,
            weights: ["long": 1, "longer": 1, "trickle": 1],
            seed: 11
        )
        for _ in 0..<100 {
            simulation.add("long", seconds: 3600)
            simulation.add("longer", seconds: 7200)
        }
        for second in 0..<20_000 {
            if second % 900 == 0 { simulation.add("trickle", seconds: 20) }
            simulation.step()
        }
        let waits = simulation.records["trickle"]?.waits.sorted() ?? []
        #expect(waits.count >= 20)
        #expect((waits.last ?? 0) <= 66, "\(waits)")
    }

    @Test func `idleness earns no credit: who comes late gets half, not everything`() {
        var simulation = BudgetSimulation(slots: 4, weights: ["busy": 1, "late": 1], seed: 3)
        for _ in 0..<9000 { simulation.add("busy", seconds: 10) }
        for _ in 0..<7200 { simulation.step() }
        let before = simulation.records["busy"]?.slotSeconds ?? 0
        for _ in 0..<3000 { simulation.add("late", seconds: 10) }
        for _ in 0..<1000 { simulation.step() }
        let busy = (simulation.records["busy"]?.slotSeconds ?? 0) - before
        let late = simulation.records["late"]?.slotSeconds ?? 0
        #expect(abs(busy - late) <= 0.05 * late, "\(busy) beside \(late)")
    }

    @Test func `F6 jobs that cannot be resumed are never asked for their slot`() {
        var simulation = BudgetSimulation(slots: 1, weights: ["stiff": 1, "other": 1], seed: 5)
        simulation.add("stiff", seconds: 3000, isResumable: false)
        simulation.step()
        simulation.add("other", seconds: 10)
        for _ in 0..<2990 {
            simulation.step()
            #expect(simulation.slots(of: "stiff") == 1)
        }
        for _ in 0..<30 { simulation.step() }
        #expect(simulation.waiting(in: "other") == 0)
    }

    @Test func `minimum and maximum hold, and what one may not use the others get`() {
        var simulation = BudgetSimulation(slots: 8, weights: ["a": 1, "b": 1, "c": 5], seed: 9)
        simulation.change("a", WorkspaceShare(weight: 1, minSlots: 3))
        simulation.change("b", WorkspaceShare(weight: 1, maxSlots: 1))
        simulation.change("c", WorkspaceShare(weight: 5))
        for name in ["a", "b", "c"] {
            for _ in 0..<900 { simulation.add(name, seconds: 30) }
        }
        for second in 0..<1200 {
            simulation.step()
            guard second > 70 else { continue }
            #expect(simulation.slots(of: "a") == 3)
            #expect(simulation.slots(of: "b") <= 1)
            #expect(simulation.slots(of: "c") >= 4)
        }
    }

    @Test func `a paused workspace starts nothing and the others get its slots`() {
        var simulation = BudgetSimulation(slots: 4, weights: ["a": 1, "b": 1], seed: 13)
        for name in ["a", "b"] { for _ in 0..<900 { simulation.add(name, seconds: 10) } }
        for _ in 0..<100 { simulation.step() }
        simulation.change("a", WorkspaceShare(isPaused: true))
        for _ in 0..<20 { simulation.step() }
        #expect(simulation.slots(of: "a") == 0)
        #expect(simulation.slots(of: "b") == 4)
        simulation.change("a", WorkspaceShare())
        for _ in 0..<80 { simulation.step() }
        #expect(simulation.slots(of: "a") == 2)
    }

    @Test func `a lowered limit counts at once for transfers that can be resumed`() {
        var simulation = BudgetSimulation(slots: 8, weights: ["a": 1, "b": 1], seed: 17)
        for name in ["a", "b"] { for _ in 0..<9 { simulation.add(name, seconds: 3600) } }
        for _ in 0..<10 { simulation.step() }
        #expect(simulation.state.leases.count == 8)
        simulation.change(BudgetLimits(slots: 3, perHost: 0))
        for _ in 0..<5 { simulation.step() }
        #expect(simulation.state.leases.count == 3)
    }

    @Test(arguments: seeds)
    func `swapping names swaps shares, and a higher weight never means less`(_ seed: UInt64) {
        func parts(_ weights: [String: Int]) -> [String: Double] {
            var simulation = BudgetSimulation(slots: 5, weights: weights, seed: seed)
            for name in weights.keys.sorted() {
                for index in 0..<3000 { simulation.add(name, seconds: 5 + index * 7 % 36) }
            }
            for _ in 0..<5000 { simulation.step() }
            return simulation.records.mapValues(\.slotSeconds)
        }
        let first = parts(["a": 1, "b": 4])
        let swapped = parts(["a": 4, "b": 1])
        let raised = parts(["a": 2, "b": 4])
        let one = first["a", default: 0]
        let other = swapped["b", default: 0]
        #expect(abs(one - other) <= 0.02 * one)
        #expect(raised["a", default: 0] >= one)
    }
}
