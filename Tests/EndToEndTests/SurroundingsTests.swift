import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Other workspaces that are broken, names that change hands, a machine that lacks something.
@Suite(.timeLimit(.minutes(2))) struct SurroundingsTests {
    @Test(arguments: ["database", "profile", "identity", "lock", "directory", "newer"])
    func `one broken workspace keeps no other from being run, and the exit status tells`(
        kind: String
    ) async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            let names = ["a", "b", "c"]
            for name in names {
                try await rig.ok("ws", "create", name)
                try await rig.enqueue(["/a.bin"], in: name)
            }
            let broken = HomeLayout(root: rig.adm.admHome).workspace(try WorkspaceName("b"))
            switch kind {
            case "database": try write(String(repeating: "?", count: 9000), to: broken.database)
            case "profile": try write("x = =\n", to: broken.profile)
            case "identity": try FileManager.default.removeItem(atPath: broken.identity)
            case "lock", "directory":
                let path = kind == "lock" ? broken.databaseLock : broken.database
                try FileManager.default.removeItem(atPath: path)
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: false
                )
            default:
                let outcome = try await ChildProcess.output(
                    .init("/usr/bin/sqlite3", [broken.database, "PRAGMA user_version = 9999"])
                )
                #expect(outcome.status == 0)
            }
            let outcome = try await rig.adm.output(["run", "--all-workspaces", "--until-empty"])
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains(broken.root), "\(outcome.errorOutput)")
            #expect(try rig.isRight("a/a.bin", "/a.bin"))
            #expect(try rig.isRight("c/a.bin", "/a.bin"))
        }
    }

    @Test func `if every workspace is broken, nothing is well`() async throws {
        try await DownloadRig.run { rig in
            try await rig.ok("ws", "create", "b")
            let broken = HomeLayout(root: rig.adm.admHome).workspace(try WorkspaceName("b"))
            try write(String(repeating: "?", count: 9000), to: broken.database)
            let damaged = try await rig.adm.output(["run", "--all-workspaces", "--until-empty"])
            #expect(damaged.status == 14, "\(damaged.errorOutput)")
            try write("x = =\n", to: broken.profile)
            let wrong = try await rig.adm.output(["run", "--all-workspaces", "--until-empty"])
            #expect(wrong.status == 2, "\(wrong.errorOutput)")
        }
    }

    @Test func `a process that runs the queue keeps the name of its workspace`() async throws {
        try await DownloadRig.run { rig in
            try await rig.ok("ws", "create", "work")
            try await rig.running("-w", "work") { runner in
                try await rig.waitForWorkspaceUse("work", by: runner)
                let renamed = try await rig.adm.output(["ws", "rename", "work", "old"])
                #expect(renamed.status == 8)
                #expect(renamed.errorOutput.contains("process \(runner.id) (adm run"))
                let removed = try await rig.adm.output(["ws", "rm", "work", "--yes"])
                #expect(removed.status == 8)
                runner.send(SIGTERM)
                _ = try await runner.wait()
            }
            try await rig.ok("ws", "rename", "work", "old")
        }
    }

    @Test(.enabled(if: NetworkSpace.isAllowed))
    func `without /dev every workspace and process still has an identity of its own`() async throws
    {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            let adm = try AdmProcess.executable()
            let script = """
                mount -t tmpfs none /dev && "$0" ws create a && "$0" ws create b \
                    && "$0" -w a download -d "$1" -O a "$2" && "$0" -w b download -d "$1" -O b "$2"
                """
            let outcome = try await ChildProcess.output(
                .init(
                    "/usr/bin/unshare",
                    ["--mount", "sh", "-c", script, adm, rig.directory, rig.server.url("/a.bin")],
                    environment: rig.adm.variables
                )
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let home = HomeLayout(root: rig.adm.admHome)
            let identities = try ["a", "b"].map { name in
                try String(
                    contentsOfFile: home.workspace(WorkspaceName(name)).identity,
                    encoding: .utf8
                )
            }
            #expect(Set(identities).count == 2)
            #expect(try rig.isRight("a", "/a.bin"))
            #expect(try rig.isRight("b", "/a.bin"))
        }
    }

    @Test(arguments: [(16, 9), (47, 9), (48, 0), (64, 0), (256, 0)])
    func `with few descriptors files are fetched, or what is missing is said`(
        limit: Int,
        status: Int32
    ) async throws {
        let files = (0..<12).map { TestFile("/f\($0).bin", length: 300_000, seed: UInt64($0)) }
        try await DownloadRig.run(files) { rig in
            let urls = files.map { rig.server.url($0.path) }
            let outcome = try await ChildProcess.output(
                .init(
                    "/bin/sh",
                    ["-c", "ulimit -n \(limit) && exec \"$0\" \"$@\"", try AdmProcess.executable()]
                        + ["download", "-d", rig.directory] + urls,
                    environment: rig.adm.variables
                )
            )
            #expect(outcome.status == status, "\(outcome.errorOutput)")
            if status != 0 { #expect(outcome.errorOutput.contains("ulimit -n")) }
        }
    }

    @Test func `a soft limit of descriptors is raised to the hard one`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000)]) { rig in
            let script = "ulimit -S -n 20 && ulimit -H -n 400 && exec \"$0\" run"
            let command = ChildProcess.Command(
                "/bin/sh",
                ["-c", script, try AdmProcess.executable()],
                environment: rig.adm.variables
            )
            try await ChildProcess.run(command) { runner in
                try await rig.waitForWorkspaceUse("default", by: runner)
                let limits = try String(
                    contentsOfFile: "/proc/\(runner.id)/limits",
                    encoding: .utf8
                )
                let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
                let words = (line ?? "").split(separator: " ").dropFirst(3).prefix(2)
                #expect(Array(words) == ["400", "400"])
            }
        }
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

extension DownloadRig {
    /// Waits until a process has a workspace in use (proc(5), `/proc/locks`).
    func waitForWorkspaceUse(_ name: String, by process: ChildProcess) async throws {
        let root = HomeLayout(root: adm.admHome).workspace(try WorkspaceName(name)).root
        try await eventually { () async throws -> Bool? in
            let attributes = try? FileManager.default.attributesOfItem(atPath: root)
            guard let inode = (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value else {
                return nil
            }
            let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
            let mark = " READ \(process.id) "
            let isUsed = locks.split(separator: "\n").contains {
                $0.contains("FLOCK") && $0.contains(":\(inode) ")
                    && $0.replacingOccurrences(of: "  ", with: " ").contains(mark)
            }
            return isUsed ? true : nil
        }
    }
}
