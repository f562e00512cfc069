import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `adm run --all-workspaces`: one process for the queues of all workspaces.
@Suite(.timeLimit(.minutes(2))) struct AllWorkspacesTests {
    private static let one = ["ADM_MAX_CONNECTIONS": "1"]

    @Test func `max-concurrent of one workspace limits that one only`() async throws {
        let files = stallingFiles(4) + stallingFiles(2, prefix: "a")
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "8", "--per-host", "0")
            for (name, limit) in [("a", "1"), ("b", "8")] {
                try await rig.ok("ws", "create", name)
                try await rig.ok("-w", name, "profile", "set", "max-concurrent", limit)
            }
            try await rig.enqueue(["/a0.bin", "/a1.bin"], in: "a")
            try await rig.enqueue((0..<4).map { "/f\($0).bin" }, in: "b")
            try await rig.running("--all-workspaces", "--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 5)
                #expect(try await rig.budget().processes.map(\.capacity) == [9])
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 5)
        }
    }

    @Test func `--max-concurrent limits the process, whatever the workspaces may have`()
        async throws
    {
        let files = stallingFiles(4)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "8", "--per-host", "0")
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            try await rig.enqueue(["/f0.bin", "/f1.bin"], in: "a")
            try await rig.enqueue(["/f2.bin", "/f3.bin"], in: "b")
            try await rig.running("--all-workspaces", "--until-empty", "--max-concurrent", "2") {
                runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                #expect(try await rig.budget().processes.map(\.capacity) == [2])
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 2)
        }
    }
}
