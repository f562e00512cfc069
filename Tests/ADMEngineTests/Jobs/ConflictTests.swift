import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Names that somebody else has: before the first byte, when all have come, and of other jobs.
@Suite(.timeLimit(.minutes(1))) struct ConflictTests {
    private static let file = TestFile("/file.bin", length: 300_000, seed: 4)

    /// Checks what became of a job whose name a file of somebody else has.
    private func check(
        _ outcome: JobOutcome,
        _ policy: ConflictPolicy,
        _ rig: JobRig,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let place = sourceLocation
        let replaced = policy == .overwrite
        if !replaced {
            #expect(try rig.text("file.bin") == "mine", sourceLocation: place)
        }
        switch policy {
        case .skip:
            #expect(outcome.word == "skipped", "\(outcome)", sourceLocation: place)
            #expect(outcome.job.state == .succeeded, sourceLocation: place)
            #expect(outcome.job.destination == rig.path("file.bin"), sourceLocation: place)
            #expect(rig.saved() == ["file.bin"], sourceLocation: place)
        case .error:
            #expect(outcome.failure?.code == .exists, "\(outcome)", sourceLocation: place)
            let message = "\(rig.path("file.bin")) exists already"
            #expect(outcome.failure?.message == message, sourceLocation: place)
        case .overwrite, .rename:
            let name = replaced ? "file.bin" : "file (1).bin"
            #expect(outcome.word == "succeeded", "\(outcome)", sourceLocation: place)
            #expect(outcome.job.fileName == name, sourceLocation: place)
            #expect(outcome.completion?.destinationPath == rig.path(name), sourceLocation: place)
            #expect(try rig.isRight(name, "/file.bin"), sourceLocation: place)
            let saved = replaced ? ["file.bin"] : ["file (1).bin", "file.bin"]
            #expect(rig.saved() == saved, sourceLocation: place)
        }
    }

    @Test(arguments: ConflictPolicy.allCases)
    func `a name that the person gave is looked at before anybody is asked`(
        policy: ConflictPolicy
    ) async throws {
        try await JobRig.with([Self.file]) { rig in
            try rig.write("mine", as: "file.bin")
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") {
                    $0.fileName = "file.bin"
                    $0.ifExists = policy
                }
                try check(outcome, policy, rig)
                let isDone = policy == .overwrite || policy == .rename
                #expect(rig.server.requests().isEmpty == !isDone)
                guard policy == .skip else { return }
                let last = try #require(try await bench.recorded().last)
                let path = rig.path("file.bin")
                let skipped = JobEvent.Kind.skipped(reason: "file_exists", destinationPath: path)
                #expect(last.kind == skipped)
            }
        }
    }

    @Test(arguments: ConflictPolicy.allCases)
    func `a name that the URL or the server gives is looked at before the first byte`(
        policy: ConflictPolicy
    ) async throws {
        try await JobRig.with([Self.file], ["ADM_IF_EXISTS": policy.rawValue]) { rig in
            try rig.write("mine", as: "file.bin")
            try await rig.open { bench in
                try check(try await bench.fetch("/file.bin"), policy, rig)
                #expect(rig.server.requests().count == 1)
            }
        }
    }

    @Test(arguments: ConflictPolicy.allCases, [300_000, 2_000_000] as [Int64])
    func `a file that appears while the body arrives is not touched without leave`(
        policy: ConflictPolicy,
        length: Int64
    ) async throws {
        let file = stallingFile(length: length, after: 100_000)
        try await JobRig.with([file]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin") { $0.ifExists = policy }
                try await rig.server.waitUntilStalled(path: "/file.bin")
                // By then the name was looked at.
                try await bench.waitUntilKept()
                try rig.write("mine", as: "file.bin")
                rig.server.release("/file.bin")
                let outcome = try await bench.end(of: job)
                try check(outcome, policy, rig)
                guard policy == .error else { return }
                // Every byte is kept: when the name is free, none is fetched.
                #expect(try await bench.job().bytesDone == length)
                try FileManager.default.removeItem(atPath: rig.path("file.bin"))
                let requests = rig.server.requests().count
                try await bench.resume(bench.job())
                #expect(try await bench.end(of: job).word == "succeeded")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(rig.server.requests().count == requests)
            }
        }
    }

    @Test func `skipping at the start removes what an earlier run had`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin") { $0.ifExists = .skip }
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
                try await bench.act(.pause)
                #expect(try await bench.end(of: job).word == "paused")
                try rig.write("mine", as: "file.bin")
                try await bench.resume(bench.job())
                try check(try await bench.end(of: job), .skip, rig)
            }
        }
    }

    // MARK: - Two jobs

    /// Runs a test with a job that has the name `same.bin` and no more than a part of its bytes, and another
    /// one of this length that wants the name too.
    private func rivals(
        _ policy: ConflictPolicy,
        length: Int64,
        _ body: @Sendable (JobBench, JobOutcome) async throws -> Void
    ) async throws {
        let first = stallingFile("/first.bin")
        let second = TestFile("/second.bin", length: length, seed: 5)
        try await JobRig.with([first, second]) { rig in
            try await rig.open { bench in
                let holder = try await bench.add("/first.bin") { $0.fileName = "same.bin" }
                try await bench.eventually {
                    try await bench.job(holder.number).fileName == "same.bin" ? true : nil
                }
                let outcome = try await bench.fetch("/second.bin") {
                    $0.fileName = "same.bin"
                    $0.ifExists = policy
                }
                try await body(bench, outcome)
                rig.server.release("/first.bin")
                #expect(try await bench.end(of: holder).word == "succeeded")
                #expect(try rig.isRight("same.bin", "/first.bin"))
            }
        }
    }

    @Test(arguments: [300_000, 2_000_000] as [Int64])
    func `of two jobs that want one name the second gets the next`(length: Int64) async throws {
        try await rivals(.rename, length: length) { bench, outcome in
            #expect(outcome.word == "succeeded", "\(outcome)")
            #expect(outcome.job.fileName == "same (1).bin")
            let isRight = try bench.rig.isRight("same (1).bin", "/second.bin")
            #expect(isRight)
        }
    }

    @Test(arguments: [ConflictPolicy.error, .skip, .overwrite], [300_000, 2_000_000] as [Int64])
    func `without leave to rename the second fails, as there is no file that could stand for it`(
        policy: ConflictPolicy,
        length: Int64
    ) async throws {
        try await rivals(policy, length: length) { bench, outcome in
            #expect(outcome.word == "failed" && outcome.failure?.code == .exists, "\(outcome)")
            #expect(outcome.failure?.message.contains("same.bin") == true)
            #expect(outcome.job.state == .failed)
            #expect(!bench.rig.saved().contains("same.bin"))
        }
    }
}
