import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The queue of a workspace as one process runs it: what it takes, when it ends, what it leaves.
@Suite(.timeLimit(.minutes(1))) struct DrainTests {
    private static func files(_ count: Int) -> [TestFile] {
        (0..<count).map { TestFile("/f\($0).bin", length: 5000, seed: UInt64($0)) }
    }

    @Test func `it ends when nothing is left, whatever became of the jobs`() async throws {
        try await JobRig.with(Self.files(3)) { rig in
            try await rig.open { bench in
                for path in ["/f0.bin", "/missing.bin", "/f1.bin", "/f2.bin"] {
                    try await bench.enqueue(path)
                }
                try await bench.drain()
                let states = try await bench.states()
                #expect(states == [1: .succeeded, 2: .failed, 3: .succeeded, 4: .succeeded])
                for name in ["f0.bin", "f1.bin", "f2.bin"] {
                    #expect(try rig.isRight(name, "/" + name))
                }
                // Nothing is ready: the next one ends at once.
                try await bench.drain()
                #expect(try await bench.job(2).attempts == 1)
            }
        }
    }

    @Test func `it begins as many jobs as it may, the most urgent first`() async throws {
        try await JobRig.with(Self.files(4)) { rig in
            try await rig.open { bench in
                for number in 0..<4 {
                    try await bench.enqueue("/f\(number).bin") { $0.priority = number }
                }
                try await bench.drain(maxJobs: 2)
                let states = try await bench.states()
                #expect(states == [1: .ready, 2: .ready, 3: .succeeded, 4: .succeeded])
                try await bench.drain(untilEmpty: false, maxJobs: 1)
                #expect(try await bench.states()[2] == .succeeded)
                #expect(try await bench.states()[1] == .ready)
            }
        }
    }

    @Test func `two of one process do not run the same queue`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/file.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/file.bin")
                    await expectFailure(.locked, "runs the queue of this workspace already") {
                        try await bench.drain()
                    }
                    // The first one goes on.
                    rig.server.release("/file.bin")
                    try await bench.eventually {
                        try await bench.job().state == .succeeded ? true : nil
                    }
                }
            }
        }
    }

    @Test func `two processes run the same queue, and each job once`() async throws {
        let files = Self.files(6)
        try await JobRig.with(files) { rig in
            try await rig.open { bench in
                for file in files { try await bench.enqueue(file.path) }
                try await rig.open { other in
                    async let first: Void = bench.drain()
                    async let second: Void = other.drain()
                    _ = try await (first, second)
                }
                let states = try await bench.states()
                #expect(states.values.allSatisfy { $0 == .succeeded }, "\(states)")
                for file in files { #expect(rig.server.requests(file.path).count == 1) }
            }
        }
    }

    @Test func `leaving puts what runs back into the queue, and no attempt is lost`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/file.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/file.bin")
                    try await bench.waitUntilKept()
                }
            }
            try await rig.open { bench in
                let job = try await bench.job()
                #expect(job.state == .ready && job.attempts == 0 && job.pausedBy == nil)
                #expect(job.bytesDone > 0)
                #expect(try await bench.history() == ["queued", "started"])
                try await bench.drain()
                #expect(try await bench.job().state == .succeeded)
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let last = rig.server.servedRanges(path: "/file.bin").last
                #expect(last?.start == job.bytesDone)
            }
        }
    }

    @Test func `what somebody wants of a job that is put back counts more`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/file.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/file.bin")
                    try await bench.act(.cancel)
                }
            }
            try await rig.open { bench in
                let (job, history) = try await (bench.job(), bench.history())
                #expect(job.state == .cancelled)
                #expect(history.last == "cancelled")
            }
        }
    }

    @Test func `a job begins at its time while the queue is run`() async throws {
        try await JobRig.with(Self.files(1)) { rig in
            try await rig.open { bench in
                let events = await bench.events()
                let time = Date(timeIntervalSinceNow: 0.4)
                try await bench.enqueue("/f0.bin", runAt: time)
                try await bench.draining {
                    try await eventually(events) { $0.name == "download.completed" }
                }
                let job = try await bench.job()
                let begun = try #require(job.startedAt)
                // Times are kept in whole milliseconds.
                #expect(begun >= time.addingTimeInterval(-0.002))
                #expect(try rig.isRight("f0.bin", "/f0.bin"))
            }
        }
    }

    @Test func `a job whose time is far is not waited for`() async throws {
        try await JobRig.with(Self.files(1)) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/f0.bin", runAt: Date(timeIntervalSinceNow: 3600))
                try await bench.drain()
                #expect(try await bench.job().state == .scheduled)
                await expectFailure(.unfinished, "waits for its time") {
                    try await bench.resume(bench.job())
                }
                // Whoever asks for it now does not mean the time.
                #expect(try await bench.fetch("/f0.bin").word == "succeeded")
                #expect(try await bench.states() == [1: .succeeded])
            }
        }
    }

    @Test(arguments: ["/f0.bin", "/missing.bin"])
    func `a job that waits for another begins after its success, or fails with it`(
        first: String
    ) async throws {
        try await JobRig.with(Self.files(2)) { rig in
            try await rig.open { bench in
                let number = try await bench.enqueue(first)
                try await bench.enqueue("/f1.bin", after: number)
                #expect(try await bench.states()[2] == .blocked)
                try await bench.drain()
                let (leader, follower) = try await (bench.job(1), bench.job(2))
                if first == "/f0.bin" {
                    #expect(follower.state == .succeeded)
                    let ended = try #require(leader.finishedAt)
                    #expect(try #require(follower.startedAt) >= ended)
                } else {
                    #expect(leader.state == .failed && follower.state == .failed)
                    #expect(follower.failure?.code == .dependency)
                    #expect(rig.server.requests("/f1.bin").isEmpty)
                }
            }
        }
    }

    @Test func `jobs that are tried again at once lose no slot`() async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503, .first(40))]
        let files = (0..<3).map {
            TestFile("/f\($0).bin", length: 5000, seed: UInt64($0), behaviour)
        }
        let variables = [
            "ADM_RETRIES": "100", "ADM_RETRY_WAIT": "0s", "ADM_RETRY_WAIT_MAX": "0s",
        ]
        try await JobRig.with(files, variables) { rig in
            try await rig.open { bench in
                try await bench.home.setBudget(BudgetChange(slots: 2))
                for file in files { try await bench.enqueue(file.path) }
                try await bench.drain()
                let states = try await bench.states()
                #expect(states.values.allSatisfy { $0 == .succeeded }, "\(states)")
                try await bench.eventually {
                    try await bench.home.budgetReport().slots.isEmpty ? true : nil
                }
            }
        }
    }

    @Test func `of a workspace that is paused nothing is begun, and nobody waits for that`()
        async throws
    {
        try await JobRig.with(Self.files(1)) { rig in
            try await rig.open { bench in
                try await bench.home.setShare(of: .standard, ShareChange(isPaused: true))
                try await bench.enqueue("/f0.bin")
                try await bench.drain()
                #expect(try await bench.job().state == .ready)
                #expect(rig.server.requests().isEmpty)
                try await bench.home.setShare(of: .standard, ShareChange(isPaused: false))
                try await bench.drain()
                #expect(try await bench.job().state == .succeeded)
            }
        }
    }

    @Test func `a workspace that is paused at once takes its slots back, and goes on later`()
        async throws
    {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/file.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/file.bin")
                    try await bench.waitUntilKept()
                    try await bench.home.setShare(
                        of: .standard,
                        ShareChange(isPaused: true),
                        yielding: true
                    )
                    try await bench.eventually {
                        try await bench.job().state == .ready ? true : nil
                    }
                    try await bench.eventually {
                        try await bench.home.budgetReport().slots.isEmpty ? true : nil
                    }
                    try await bench.home.setShare(of: .standard, ShareChange(isPaused: false))
                    try await bench.eventually {
                        try await bench.job().state == .succeeded ? true : nil
                    }
                }
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(try await bench.job().attempts == 1)
                let history = try await bench.history()
                #expect(history == ["queued", "started", "started", "completed"])
            }
        }
    }

    @Test func `a job whose row is damaged fails alone`() async throws {
        try await JobRig.with(Self.files(2)) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/f0.bin")
                try await bench.enqueue("/f1.bin")
            }
            try await rig.damage("UPDATE job SET url = 'http://[]/x' WHERE number = 1")
            try await rig.open { bench in
                let events = await bench.events()
                try await bench.drain()
                #expect(try await bench.job(2).state == .succeeded)
                await expectFailure(.databaseDamaged, "job 1 cannot be read", "adm rm 1") {
                    try await bench.job(1)
                }
                let told = try await eventually(events) { $0.number == 1 }
                #expect(told.name == "download.failed")
            }
        }
    }

    @Test func `a job without settings that can be used fails with that reason`() async throws {
        let proxy = ["http_proxy": "http://127.0.0.1:99999"]
        try await JobRig.with(Self.files(1), proxy) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/f0.bin")
                #expect(outcome.word == "failed" && outcome.failure?.code == .configuration)
                #expect(try await bench.job().state == .failed)
                #expect(rig.server.requests().isEmpty)
            }
        }
    }
}
