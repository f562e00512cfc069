import ADMModel
import Testing

@testable import ADMScheduling

/// The schedule beside a ledger, a queue and jobs that do whatever a seed says.
struct ScheduleTests {
    /// Each stands for 80 sequences.
    private static let batches = 0..<16

    private static func seeds(_ batch: Int) -> Range<UInt64> {
        UInt64(batch) * 80..<UInt64(batch + 1) * 80
    }

    private static func world(_ seed: UInt64) -> ScheduleSimulation {
        var generator = SplitMix64(state: seed &* 0x9E37)
        var world = ScheduleSimulation(
            seed: seed,
            limit: Int.random(in: 1...5, using: &generator),
            slots: Int.random(in: 1...6, using: &generator)
        )
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            world.add(
                foreground: Bool.random(using: &generator),
                suspect: Int.random(in: 0..<6, using: &generator) == 0
            )
        }
        world.drain(untilEmpty: true, maxJobs: nil)
        return world
    }

    @Test(arguments: batches)
    func `no slot is lost and no job is started twice, whatever happens in whatever order`(
        _ batch: Int
    ) {
        for seed in ScheduleTests.seeds(batch) {
            var world = ScheduleTests.world(seed)
            for _ in 0..<120 where world.faults.isEmpty { world.step() }
            #expect(world.faults.isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: batches)
    func `the end of the process stops every job and gives every slot back, at whatever moment`(
        _ batch: Int
    ) {
        for seed in ScheduleTests.seeds(batch) {
            var world = ScheduleTests.world(seed)
            for _ in 0..<Int(seed % 90) { world.step() }
            world.stop()
            #expect(world.faults.isEmpty, "seed \(seed)")
            #expect(world.openSlots.isEmpty && world.running == 0, "seed \(seed)")
        }
    }

    @Test(arguments: batches)
    func `every job runs at last and the draining ends, whatever went wrong before`(
        _ batch: Int
    ) {
        for seed in ScheduleTests.seeds(batch) {
            var world = ScheduleTests.world(seed)
            for _ in 0..<80 { world.step() }
            world.finishPass()
            world.isRough = false
            if world.schedule.drain == nil { world.drain(untilEmpty: true, maxJobs: nil) }
            var steps = 0
            while steps < 6000, !world.hasDrained || world.hasForegroundJobs {
                world.step()
                steps += 1
            }
            #expect(world.hasDrained && world.faults.isEmpty, "seed \(seed)")
            #expect(world.works.values.allSatisfy { $0.state == .ended }, "seed \(seed)")
        }
    }

    @Test(arguments: batches)
    func `no more jobs begin than were asked for`(_ batch: Int) {
        for seed in ScheduleTests.seeds(batch) {
            var world = ScheduleSimulation(seed: seed, limit: 4, slots: 6)
            for _ in 0..<8 { world.add(foreground: false) }
            let most = Int(seed % 7)
            world.drain(untilEmpty: false, maxJobs: most)
            world.isRough = false
            var steps = 0
            while steps < 3000, !world.hasDrained {
                world.step()
                steps += 1
            }
            #expect(world.hasDrained && world.startsFromQueue == most, "seed \(seed)")
        }
    }
}

extension ScheduleSimulation {
    /// Whether somebody waits for a job that has not ended.
    fileprivate var hasForegroundJobs: Bool {
        works.values.contains { $0.isForeground && $0.state != .ended }
    }
}
