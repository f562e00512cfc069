import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What is said about jobs that wait is so, and what was begun is finished.
@Suite(.timeLimit(.minutes(2))) struct TrueSentenceTests {
    private let files = [
        TestFile("/a.bin", length: 3000, seed: 1), TestFile("/b.bin", length: 3000),
    ]

    @Test func `a foreground download runs nobody's queue`() async throws {
        let slow = stallingFiles(1)
        try await DownloadRig.run(slow + files) { rig in
            try await rig.ok("budget", "set", "--slots", "1")
            try await rig.enqueue(["/a.bin"])
            let line = ["download", "-d", rig.directory, rig.server.url("/f0.bin")]
            try await rig.adm.run(line) { _ in
                try await rig.server.waitUntilStalled(slow, count: 1)
                let report = try await rig.why(1)
                #expect(report.reason == .noRunner)
                #expect(report.sentence.contains("no process runs the queue of default"))
                #expect(try await rig.why(2).reason == .running)
            }
        }
    }

    @Test func `who runs the queue is known before there is anything to run`() async throws {
        try await DownloadRig.run(files) { rig in
            try await rig.ok("ws", "create", "work")
            try await rig.enqueue(["/a.bin"], "--at", "+2h")
            try await rig.enqueue(["/b.bin"], in: "work", "--at", "+2h")
            #expect(try await rig.why(1).sentence.contains("no process runs the queue of default"))
            try await rig.running { runner in
                try await rig.waitForWorkspaceUse("default", by: runner)
                try await rig.waitForReason(1) { !$0.sentence.contains("no process") }
                let other = try await rig.why(1, in: "work")
                #expect(other.reason == .scheduled)
                #expect(other.sentence.contains("no process runs the queue of work"))
                runner.kill()
                _ = try await runner.wait()
            }
            #expect(try await rig.why(1).sentence.contains("no process runs the queue of default"))
        }
    }

    @Test func `resume says what a job waits for, and download fetches it at once`() async throws {
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(["/a.bin"], "--at", "+2h")
            try await rig.enqueue(["/b.bin"], "--after", "1")
            for (job, text) in [
                ("1", "waits for its time"), ("2", "waits for the success of job 1"),
            ] {
                let outcome = try await rig.adm.output(["resume", job])
                #expect(outcome.status == 16)
                #expect(outcome.errorOutput.contains(text), "\(outcome.errorOutput)")
                #expect(!outcome.errorOutput.contains("process"), "\(outcome.errorOutput)")
            }
            // What was held before its time waits for it again.
            try await rig.ok("queue", "pause", "1", "2")
            let held = try await rig.adm.output(["resume", "1", "2"])
            #expect(held.status == 16, "\(held.errorOutput)")
            #expect(try await rig.states() == [1: "scheduled", 2: "blocked"])
            let all = try await rig.adm.output(["resume", "--all"])
            #expect(all.status == 0)
            #expect(all.errorOutput.contains("nothing to resume"))
            let target = rig.directory + "/default"
            for (file, name) in [("/b.bin", "b.bin"), ("/a.bin", "a.bin")] {
                let line = ["download", "-d", target, rig.server.url(file)]
                #expect(try await rig.adm.output(line).status == 0)
                #expect(try rig.isRight("default/" + name, file))
            }
            #expect(try await rig.states() == [1: "succeeded", 2: "succeeded"])
        }
    }

    @Test(arguments: ["/a.bin", "/missing.bin"])
    func `the time of a transfer is recorded, however short`(path: String) async throws {
        try await DownloadRig.run(files) { rig in
            _ = try await rig.download(path)
            let jobs = try await rig.adm.jsonList(["history", "--json"])
            #expect(jobs.count == 1)
            #expect((jobs.first?["transfer_seconds"] as? Double ?? 0) > 0)
            let stats = try await rig.adm.json(["stats", "--json"])
            let total = stats["total"] as? [String: Any]
            #expect((total?["slot_seconds"] as? Double ?? 0) > 0, "\(stats)")
        }
    }

    @Test func `a run until the queue is empty does not wait for a paused workspace`() async throws
    {
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(["/a.bin"])
            try await rig.ok("ws", "pause", "default")
            let outcome = try await rig.adm.output(["run", "--until-empty"])
            #expect(outcome.status == 0)
            #expect(outcome.errorOutput.contains("is paused"))
            #expect(try await rig.states() == [1: "ready"])
            try await rig.ok("ws", "resume", "default")
            try await rig.ok("run", "--until-empty")
            #expect(try await rig.states() == [1: "succeeded"])
        }
    }

    @Test(arguments: [["rm", "1", "2", "3"], ["queue", "clear", "--yes"]])
    func `a job is forgotten whatever became of its directory, and so are those after it`(
        verb: [String]
    ) async throws {
        try await DownloadRig.run(files) { rig in
            try FileManager.default.createDirectory(
                atPath: rig.directory,
                withIntermediateDirectories: true
            )
            let file = rig.directory + "/file"
            let odd = rig.directory + "/odd"
            try Data().write(to: URL(fileURLWithPath: file))
            try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: false)
            try Data().write(to: URL(fileURLWithPath: odd + "/.adm-part"))
            for directory in [file, file + "/below", odd] {
                let line = ["download", "-d", directory, rig.server.url("/a.bin")]
                #expect(try await rig.adm.output(line).status == 9)
            }
            let outcome = try await rig.adm.output(verb)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try await rig.states().isEmpty)
        }
    }

    @Test func `a bad item of several keeps no other from being done`() async throws {
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(["/a.bin", "/b.bin"])
            for verb in [
                ["queue", "pause", "1", "99", "2"], ["queue", "resume", "99", "1", "2"],
                ["queue", "set", "99", "1", "2", "--priority", "4"],
                ["queue", "move", "2", "99", "1", "--first"], ["rm", "1", "99", "2"],
            ] {
                let outcome = try await rig.adm.output(verb)
                #expect(outcome.status == 7, "\(verb): \(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains("99"), "\(verb): \(outcome.errorOutput)")
                if verb.contains("pause") {
                    #expect(try await rig.states() == [1: "paused", 2: "paused"])
                }
                if verb.contains("resume") {
                    #expect(try await rig.states() == [1: "ready", 2: "ready"])
                }
            }
            #expect(try await rig.states().isEmpty)
        }
    }

    @Test func `statistics of a workspace that cannot be read are no zeros`() async throws {
        try await DownloadRig.run(files) { rig in
            try await rig.ok("ws", "create", "b")
            try await rig.ok("-w", "b", "download", "-d", rig.directory, rig.server.url("/a.bin"))
            let broken = HomeLayout(root: rig.adm.admHome).workspace(try WorkspaceName("b"))
            let damage = Data(String(repeating: "?", count: 9000).utf8)
            try damage.write(to: URL(fileURLWithPath: broken.database))
            for verb in [["-w", "b", "stats", "--json"], ["stats"]] {
                let outcome = try await rig.adm.output(verb)
                #expect(outcome.status == 14, "\(outcome.errorOutput)")
                #expect(outcome.output.isEmpty)
            }
            try await rig.ok("download", "-d", rig.directory, rig.server.url("/b.bin"))
            let both = try await rig.adm.output(["stats"])
            #expect(both.status == 7)
            #expect(both.output.contains("default"))
        }
    }
}
