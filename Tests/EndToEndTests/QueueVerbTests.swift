import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Q7, Q9, Q12: what people type about jobs that wait, and that other processes run.
@Suite(.timeLimit(.minutes(2))) struct QueueVerbTests {
    private static func files(_ count: Int) -> [TestFile] {
        (0..<count).map { TestFile("/f\($0).bin", length: 5000, seed: UInt64($0)) }
    }

    @Test func `what is added is run later, by any process, once`() async throws {
        let files = Self.files(6)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            #expect(rig.server.requests().isEmpty)
            try await rig.running("--until-empty") { first in
                try await rig.running("--until-empty") { second in
                    let ends = [try await first.wait(), try await second.wait()]
                    #expect(ends.map(\.status) == [0, 0])
                }
            }
            #expect(try await Set(rig.states().values) == ["succeeded"])
            for file in files {
                let name = String(file.path.dropFirst())
                #expect(try rig.isRight("default/" + name, file.path))
                #expect(rig.server.requests(file.path).count == 1)
            }
        }
    }

    @Test func `Q9 a list on standard input is added as it comes, bad lines by number`()
        async throws
    {
        try await DownloadRig.run(Self.files(2)) { rig in
            let list = """
                # a comment
                \(rig.server.url("/f0.bin"))\tpriority=7\tfilename=x.bin
                nonsense

                \(rig.server.url("/f1.bin"))
                \(rig.server.url("/f1.bin"))
                """
            let outcome = try await rig.adm.output(["add", "-"], input: .text(list))
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            #expect(outcome.output == "1\n2\n2\n")
            #expect(outcome.errorOutput.contains("line 3: "))
            #expect(outcome.errorOutput.contains("added 2 jobs, 1 in the queue already, 1 bad"))
            let url = rig.server.url("/f0.bin?again")
            let mixed = try await rig.adm.output(["add", url, "nonsense"])
            #expect(mixed.status == 7, "\(mixed.errorOutput)")
            #expect(mixed.output.split(separator: "\n").count == 1)
            #expect(mixed.errorOutput.contains("argument 2: "))
        }
    }

    @Test func `Q9 JSON lines carry every option, and an unknown field is named`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let list = """
                {"url": "\(rig.server.url("/f0.bin"))", "priority": 3, "tags": ["iso", "night"]}
                {"url": "\(rig.server.url("/f1.bin"))", "priorty": 3}
                {"url": "\(rig.server.url("/f1.bin"))", "priority": "high"}
                {"url": "\(rig.server.url("/f1.bin"))", "after": 1, "settings": {"retries": "2"}}
                """
            let outcome = try await rig.adm.output(
                ["add", "--json-lines", "--json", "-"],
                input: .text(list)
            )
            #expect(outcome.status == 7)
            #expect(outcome.errorOutput.contains("line 2: there is no field"))
            #expect(outcome.errorOutput.contains("did you mean priority?"))
            #expect(outcome.errorOutput.contains("line 3: the field priority"))
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.contains("\"added\":true") == true)
            #expect(lines.last?.contains("\"state\":\"blocked\"") == true)
            let tagged = try await rig.ok("queue", "list", "--tag", "iso", "--json")
            #expect(tagged.contains("\"night\""))
        }
    }

    @Test func `a job that another process runs is paused and continues from its bytes`()
        async throws
    {
        let files = stallingFiles(1)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(["/f0.bin"])
            try await rig.running { runner in
                try await rig.server.waitUntilStalled(files, count: 1)
                try await rig.waitUntilKept()
                let paused = try await rig.adm.output(["queue", "pause", "1"])
                #expect(paused.errorOutput.contains("1 is running elsewhere and was notified"))
                try await rig.waitForStates { $0[1] == "paused" }
                try await rig.server.waitUntilIdle(path: "/f0.bin")
                #expect(try await rig.why(1).reason == .paused)
                try await rig.server.heal(files)
                try await rig.ok("queue", "resume", "--all")
                try await rig.waitForStates { $0[1] == "succeeded" }
                #expect(try rig.isRight("default/f0.bin", "/f0.bin"))
                #expect(rig.server.log.repeatedBytes(path: "/f0.bin") < 300_000)
                runner.send(SIGTERM)
                #expect(try await runner.wait().status == 143)
            }
        }
    }

    @Test func `a job that another process runs is cancelled for good`() async throws {
        let files = stallingFiles(2)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                try await rig.ok("queue", "cancel", "1")
                try await rig.waitForStates { $0[1] == "cancelled" }
                try await rig.server.heal(files)
                let outcome = try await runner.wait()
                #expect(outcome.status == 7, "\(outcome.errorOutput)")
                #expect(try await rig.states() == [1: "cancelled", 2: "succeeded"])
            }
        }
    }

    @Test func `Q12 an interrupted runner puts its jobs back, and no attempt is lost`()
        async throws
    {
        let files = stallingFiles(2)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            for signal in [SIGTERM, SIGINT] {
                try await rig.running { runner in
                    try await rig.server.waitUntilStalled(files, count: 2)
                    runner.send(signal)
                    #expect(try await runner.wait().status == 128 + signal)
                }
                #expect(try await Set(rig.states().values) == ["ready"])
                #expect(try await rig.show().attempts == 0)
                for file in files { try await rig.server.waitUntilIdle(path: file.path) }
            }
            try await rig.server.heal(files)
            try await rig.ok("run", "--until-empty")
            #expect(try await Set(rig.states().values) == ["succeeded"])
        }
    }

    @Test func `a foreground download is paused and cancelled from elsewhere`() async throws {
        let files = stallingFiles(2)
        try await DownloadRig.run(files) { rig in
            for (file, verb) in [(files[0], "pause"), (files[1], "cancel")] {
                let number = verb == "pause" ? 1 : 2
                try await rig.adm.run(["download", rig.server.url(file.path)]) { child in
                    try await rig.server.waitUntil { $0.stalled(path: file.path) == 1 }
                    try await rig.ok("queue", verb, "\(number)")
                    let outcome = try await child.wait()
                    #expect(outcome.status == (verb == "pause" ? 16 : 15), "\(outcome.errorOutput)")
                }
            }
            #expect(try await rig.states() == [1: "paused", 2: "cancelled"])
        }
    }

    @Test func `priority, time, order and tags of waiting jobs can be changed`() async throws {
        let files = Self.files(4)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            try await rig.ok("queue", "set", "3", "--priority", "9", "--tag", "dear")
            try await rig.ok("queue", "move", "4", "--first")
            try await rig.ok("queue", "set", "2", "--at", "+1h")
            let listed = try await rig.ok("queue", "list", "--json")
            let jobs = try JSONDecoder().decode([ListedJob].self, from: Data(listed.utf8))
            #expect(jobs.map(\.number) == [4, 3, 1, 2])
            #expect(jobs.last?.state == "scheduled")
            try await rig.ok("run", "--until-empty", "--max-jobs", "2")
            #expect(
                try await rig.states()
                    == [1: "ready", 2: "scheduled", 3: "succeeded", 4: "succeeded"]
            )
            let finished = try await rig.adm.output(["queue", "set", "3", "--priority", "1"])
            #expect(finished.status == 8)
            try await rig.ok("queue", "set", "2", "--at", "+1ms")
            try await rig.ok("queue", "pause", "--tag", "dear")
            try await rig.ok("run", "--until-empty")
            #expect(try await Set(rig.states().values) == ["succeeded"])
        }
    }

    @Test func `waiting ends when all have succeeded, with 7 when some have not, 12 in time`()
        async throws
    {
        let files = Self.files(2)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(["/f0.bin", "/missing.bin"])
            let early = try await rig.adm.output(["queue", "wait", "1", "--timeout", "100ms"])
            #expect(early.status == 12, "\(early.errorOutput)")
            try await rig.adm.run(["queue", "wait", "1", "2"]) { waiting in
                _ = try await rig.adm.output(["run", "--until-empty"])
                let outcome = try await waiting.wait()
                #expect(outcome.status == 7)
                #expect(outcome.output.contains("1\tsucceeded"))
                #expect(outcome.output.contains("2\tfailed"))
            }
            #expect(try await rig.adm.output(["queue", "wait", "1"]).status == 0)
            #expect(try await rig.adm.output(["queue", "wait", "2"]).status == 3)
            #expect(try await rig.adm.output(["queue", "wait", "99"]).status == 3)
        }
    }

    @Test func `finished jobs are forgotten only if somebody says yes`() async throws {
        try await DownloadRig.run(Self.files(1)) { rig in
            try await rig.enqueue(["/f0.bin", "/missing.bin"])
            _ = try await rig.adm.output(["run", "--until-empty"])
            #expect(try await rig.adm.output(["queue", "clear"]).status == 2)
            try await rig.ok("queue", "clear", "--state", "failed", "--yes")
            #expect(try await rig.states() == [1: "succeeded"])
            try await rig.ok("queue", "retry", "1", "--force")
            #expect(try await rig.states() == [1: "ready"])
            try await rig.ok("queue", "cancel", "--all")
            try await rig.ok("queue", "clear", "--yes")
            #expect(try await rig.states().isEmpty)
        }
    }

    @Test(
        arguments: [
            (["add"], 2), (["add", "-", "x"], 2), (["add", "--after", "9", "https://x.org/"], 3),
            (["add", "--at", "noon", "https://x.org/"], 2),
            (["add", "--tag", "a b", "https://x.org/"], 2),
            (["add", "-H", "Authorization: x", "https://x.org/"], 4), (["queue"], 0),
            (["queue", "pause"], 2), (["queue", "pause", "1", "--all"], 2),
            (["queue", "pause", "77"], 3), (["queue", "move", "1"], 2), (["queue", "set", "1"], 2),
            (["queue", "clear", "--state", "ready"], 2), (["queue", "wait"], 2),
            (["run", "--max-jobs", "0"], 2), (["why", "5"], 3), (["events", "--since", "-1"], 2),
            (["budget", "set"], 2), (["budget", "set", "--slots", "1001"], 2),
            (["budget", "set", "--rate", "fast"], 2), (["ws", "set", "default"], 2),
            (["ws", "set", "nowhere", "--weight", "2"], 3), (["ws", "pause", "nowhere"], 3),
            (["stats", "--since", "sometime"], 2), (["stats", "--by", "moon"], 2),
        ]
    )
    func `bad input is refused with the right status and a hint`(
        arguments: [String],
        status: Int
    ) async throws {
        try await AdmProcess.withHome { adm in
            let outcome = try await adm.output(arguments)
            #expect(Int(outcome.status) == status, "\(outcome.errorOutput)")
            #expect(status == 0 || !outcome.errorOutput.isEmpty)
        }
    }
}
