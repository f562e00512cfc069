import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Limits of speed that change while jobs run: without that, each of these would take hours.
@Suite(.timeLimit(.minutes(1))) struct PacingTests {
    private static let files = [
        TestFile("/a.bin", length: 2_000_000, seed: 5), TestFile("/b.bin", length: 2_000_000),
    ]

    private static let long: Int64 = 64 * 1_048_576

    private func isUnderWay(_ event: JobEvent, _ number: Int64) -> Bool {
        guard event.number == number, case .progress(let progress) = event.kind else {
            return false
        }
        return progress.bytesDone > 0
    }

    @Test func `a job's own limit that is lifted counts while it runs`() async throws {
        try await JobRig.with(Self.files) { rig in
            try await rig.open { bench in
                let events = await bench.events()
                let job = try await bench.add("/a.bin") {
                    $0.settings.limitRate = Rate(ByteCount(100))
                }
                try await eventually(events) { isUnderWay($0, job.number) }
                var change = JobChange()
                change.settings.limitRate = .unlimited
                try await bench.change(job, change)
                let outcome = try await bench.end(of: job)
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try rig.isRight("a.bin", "/a.bin"))
            }
        }
    }

    @Test func `a job's own limit that is set counts while it runs`() async throws {
        try await JobRig.with([TestFile("/a.bin", length: Self.long, seed: 5)]) { rig in
            rig.server.update("/a.bin") { $0.behaviour.bytesPerSecond = 1_048_576 }
            try await rig.open { bench in
                let events = await bench.events()
                let job = try await bench.add("/a.bin")
                try await eventually(events) { isUnderWay($0, job.number) }
                var change = JobChange()
                change.settings.limitRate = Rate(ByteCount(1))
                try await bench.change(job, change)
                // It stands still as soon as what was on its way has arrived.
                var last: Int64 = -1
                var repetitions = 0
                try await eventually(events) { event in
                    guard case .progress(let progress) = event.kind else { return false }
                    repetitions = progress.bytesDone == last ? repetitions + 1 : 0
                    last = progress.bytesDone
                    return repetitions == 3
                }
                try await bench.cancel(job)
                #expect(last < Self.long)
            }
        }
    }

    @Test func `a budget that is lifted lets all jobs go on that shared it`() async throws {
        try await JobRig.with(Self.files) { rig in
            try await rig.open { bench in
                try await bench.home.setBudget(BudgetChange(rate: Rate(ByteCount(100))))
                let events = await bench.events()
                try await bench.enqueue("/a.bin") { $0.priority = 9 }
                try await bench.enqueue("/b.bin")
                try await bench.draining {
                    try await eventually(events) { isUnderWay($0, $0.number) }
                    #expect(try await bench.states().values.allSatisfy { $0 != .succeeded })
                    try await bench.home.setBudget(BudgetChange(rate: .unlimited))
                    try await bench.eventually {
                        let states = try await bench.states().values
                        return states.allSatisfy { $0 == .succeeded } ? true : nil
                    }
                }
                for file in Self.files {
                    #expect(try rig.isRight(String(file.path.dropFirst()), file.path))
                }
            }
        }
    }
}
