import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// Everything can be interrupted: under a limit of a byte a second nothing here would end by itself.
@Suite(.timeLimit(.minutes(2))) struct InterruptionTests {
    private let files = [TestFile("/a.bin", length: 2_000_000, seed: 5)]

    @Test func `a time limit counts while a speed limit is waited for`() async throws {
        try await DownloadRig.run(files) { rig in
            let outcome = try await rig.download(
                "/a.bin",
                "--limit-rate",
                "1",
                "--total-timeout",
                "500ms"
            )
            #expect(outcome.status == 12, "\(outcome.errorOutput)")
        }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func `a signal ends a download whose speed is limited, and says at once what happens`(
        signal: Int32,
        status: Int32
    ) async throws {
        try await DownloadRig.run(files) { rig in
            let line = ["download", "-d", rig.directory, "--limit-rate", "1"]
            try await rig.adm.run(line + [rig.server.url("/a.bin")]) { child in
                try await rig.waitUntilKept()
                child.send(signal)
                let outcome = try await child.wait()
                #expect(outcome.status == status)
                #expect(outcome.errorOutput.contains("adm: stopping: saving progress"))
                #expect(outcome.errorOutput.contains("Ctrl-C") == (signal == SIGINT))
            }
            #expect(try await rig.show().state == "paused")
        }
    }

    @Test(arguments: ["pause", "cancel"])
    func `another process pauses or cancels a job whose budget is a byte a second`(
        verb: String
    )
        async throws
    {
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--rate", "1")
            try await rig.enqueue(["/a.bin"])
            try await rig.running { runner in
                try await rig.waitUntilKept()
                try await rig.ok("queue", verb, "1")
                try await rig.waitForStates { $0[1] == (verb == "pause" ? "paused" : "cancelled") }
                runner.send(SIGTERM)
                let outcome = try await runner.wait()
                #expect(outcome.status == 143)
                #expect(outcome.errorOutput.contains("adm: stopping: "))
            }
        }
    }

    @Test func `a budget that is lifted lets a transfer that waits continue`() async throws {
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--rate", "1")
            try await rig.enqueue(["/a.bin"])
            try await rig.running("--until-empty") { runner in
                try await rig.waitUntilKept()
                try await rig.ok("budget", "set", "--rate", "0")
                #expect(try await runner.wait().status == 0)
            }
        }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func `a second signal ends the process although the first one cannot be obeyed`(
        signal: Int32,
        status: Int32
    ) async throws {
        try await DownloadRig.run(files) { rig in
            let line = ["download", "-d", rig.directory, "--limit-rate", "1"]
            try await rig.adm.run(line + [rig.server.url("/a.bin")]) { child in
                try await rig.waitUntilKept()
                // While somebody has the database, nothing can be saved.
                let path = rig.adm.admHome + "/workspaces/default/jobs.lock"
                let lock = unsafe open(path, O_RDWR | O_CLOEXEC)
                defer { close(lock) }
                try #require(flock(lock, LOCK_EX) == 0)
                child.send(SIGINT)
                try await child.waitForOutput(containing: "stopping")
                child.send(signal)
                #expect(try await child.wait().status == status)
            }
        }
    }

    @Test func `a list that never ends is no reason to stay`() async throws {
        try await DownloadRig.run(files) { rig in
            let line = ["download", "batch", "-", "-d", rig.directory]
            try await rig.adm.run(line, input: .open) { child in
                try child.write(rig.server.url("/a.bin") + "\n")
                try await rig.server.waitUntil { log in log.requests.contains { $0.ending != nil } }
                child.send(SIGINT)
                #expect(try await child.wait().status == 130)
            }
        }
    }
}
