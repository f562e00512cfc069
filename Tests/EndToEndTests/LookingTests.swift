import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Commands that only read, where nothing can be written and nobody lets go of a lock.
@Suite struct LookingTests {
    /// What only looks; job 1 has succeeded, job 2 waits.
    private static let commands: [[String]] = [
        ["list"], ["list", "--all", "--json"], ["history"], ["show", "1"], ["why", "2"], ["events"],
        ["stats"], ["budget"], ["top", "--once"], ["queue", "list"], ["ws", "list"],
        ["ws", "show"],
        ["config", "show"], ["auth", "list"], ["profile", "show"],
    ]

    @Test(.enabled(if: MountedDisk.isAllowed), arguments: ["closed", "killed", "full"])
    func `everything can be looked at on a disk that takes nothing`(kind: String) async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            let home = rig.adm.admHome
            try await MountedDisk.with(size: "4m", at: home) { disk in
                #expect(try await rig.download("/a.bin").status == 0)
                try await rig.enqueue(["/a.bin"], "--at", "+9d")
                // One that was killed leaves the log and the shared memory behind.
                if kind == "killed" { try await killRunner(rig) }
                if kind == "full" { try disk.fillUp() } else { try disk.setReadOnly(true) }
                let before = try FileManager.default.subpathsOfDirectory(atPath: home).sorted()
                for command in LookingTests.commands {
                    let outcome = try await rig.adm.output(command)
                    #expect(outcome.status == 0, "\(command) \(outcome.errorOutput)")
                    #expect(
                        !outcome.errorOutput.contains("adm: "),
                        "\(command) \(outcome.errorOutput)"
                    )
                }
                #expect(try await rig.ok("history").contains("a.bin"))
                let isLate = try await rig.ok("queue", "list", "--tag", "late").contains("late")
                #expect(isLate == (kind == "killed"))
                guard kind != "full" else { return }
                let after = try FileManager.default.subpathsOfDirectory(atPath: home).sorted()
                #expect(after == before)
                try disk.setReadOnly(false)
            }
        }
    }

    @Test func `who only looks waits for nobody, and who waits says for whom`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            #expect(try await rig.download("/a.bin").status == 0)
            try await rig.enqueue(["/a.bin"], "--at", "+9d")
            let home = HomeLayout(root: rig.adm.admHome)
            let locks = [home.workspace(.standard).databaseLock, home.ledgerLock]
            let holder = ChildProcess.Command(
                "/usr/bin/flock",
                ["-F", locks[0], "/usr/bin/flock", "-F", locks[1], "/bin/cat"],
                input: .open
            )
            try await ChildProcess.run(holder) { holding in
                try holding.write("locked\n")
                try await holding.waitForOutput(containing: "locked")
                for command in LookingTests.commands {
                    let outcome = try await rig.adm.output(command)
                    #expect(outcome.status == 0, "\(command) \(outcome.errorOutput)")
                    #expect(
                        !outcome.errorOutput.contains("adm: "),
                        "\(command) \(outcome.errorOutput)"
                    )
                }
                try await rig.adm.run(["add", "--quiet", rig.server.url("/a.bin")]) { waiting in
                    try await waiting.waitForOutput(containing: "process \(holding.id) (cat")
                    #expect(waiting.errorOutput.contains(locks[0]))
                }
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends a wait for another process at once`(signal: Int32) async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            #expect(try await rig.download("/a.bin").status == 0)
            let lock = HomeLayout(root: rig.adm.admHome).ledgerLock
            let holder = ChildProcess.Command(
                "/usr/bin/flock",
                ["-F", lock, "/bin/cat"],
                input: .open
            )
            try await ChildProcess.run(holder) { holding in
                try holding.write("locked\n")
                try await holding.waitForOutput(containing: "locked")
                let url = rig.server.url("/a.bin")
                try await rig.adm.run(["download", "-O", "b", "-d", rig.directory, url]) {
                    waiting in
                    try await waiting.waitForOutput(containing: "process \(holding.id) (cat")
                    waiting.send(signal)
                    let outcome = try await waiting.wait()
                    #expect(outcome.status == 128 + signal)
                }
            }
        }
    }

    /// Kills a process that has the database open, after another one put something into its log.
    private func killRunner(_ rig: DownloadRig) async throws {
        try await rig.running { runner in
            try await rig.waitForWorkspaceUse("default", by: runner)
            try await rig.enqueue(["/late.bin"], "--at", "+9d", "--tag", "late")
            runner.kill()
            _ = try await runner.wait()
        }
    }
}
