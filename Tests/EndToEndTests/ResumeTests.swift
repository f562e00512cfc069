import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Going on after an interruption, and never mixing two versions of a file.
@Suite struct ResumeTests {
    private static let length: Int64 = 24 * 1_048_576

    /// A file of which the first request gets 2 MiB and then silence, and all others silence alone.
    private static func halting(_ change: (inout Behaviour) -> Void = { _ in }) -> TestFile {
        var behaviour = Behaviour()
        behaviour.interruptions = [
            .stall(after: 2 * 1_048_576, .first(1)), .stall(after: 0, FaultTrigger(skip: 1)),
        ]
        change(&behaviour)
        return TestFile("/file.bin", length: length, seed: 5, behaviour)
    }

    /// Starts a download, stops it with Ctrl-C in the middle, and returns what it said.
    ///
    /// From then on the server sends everything.
    private func interrupt(_ rig: DownloadRig) async throws -> ChildProcess.Outcome {
        let line = ["download", "-d", rig.directory, rig.server.url("/file.bin")]
        let outcome = try await rig.adm.run(line) { child in
            try await rig.server.waitUntilStalled(path: "/file.bin")
            try await rig.waitUntilKept()
            child.send(SIGINT)
            return try await child.wait()
        }
        heal(rig)
        return outcome
    }

    private func heal(_ rig: DownloadRig) {
        rig.server.update("/file.bin") { $0.behaviour.interruptions = [] }
    }

    @Test func `K2 after Ctrl-C it says how to continue, and the same command does`() async throws {
        // With more connections, servers send a little more than is taken when ranges are shared.
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run([Self.halting()], environment: environment) { rig in
            let stopped = try await interrupt(rig)
            #expect(stopped.status == 130)
            #expect(stopped.errorOutput.contains("adm resume"))
            let report = try await rig.show()
            #expect(report.state == "paused")
            #expect(report.bytesDone > 0)
            let before = rig.server.bytesServed(path: "/file.bin")
            let again = try await rig.download("/file.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
            let fetched = rig.server.bytesServed(path: "/file.bin") - before
            #expect(fetched <= Self.length - report.bytesDone)
            #expect(rig.saved() == ["file.bin"])
        }
    }

    @Test func `resume continues a job by its number and with all of them`() async throws {
        try await DownloadRig.run([Self.halting()]) { rig in
            _ = try await interrupt(rig)
            let one = try await rig.adm.output(["resume", "1"])
            #expect(one.status == 0, "\(one.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
            let nothing = try await rig.adm.output(["resume", "--all"])
            #expect(nothing.status == 0)
        }
    }

    @Test func `H3 same length and a new tag: the file is fetched again, never mixed`() async throws
    {
        let file = Self.halting {
            $0.versionMovesLastModified = false
            $0.versionMovesTag = true
        }
        try await changedBetweenRuns(file)
    }

    @Test func `H3 no tag and a new date: the file is fetched again, never mixed`() async throws {
        let file = Self.halting {
            $0.entityTag = .none
            $0.versionMovesLastModified = true
        }
        try await changedBetweenRuns(file)
    }

    @Test func `H3 a server that ignores If-Range is found out`() async throws {
        let file = Self.halting { $0.ifRange = .ignored }
        try await changedBetweenRuns(file)
    }

    @Test func `H3 without tag and date nothing is kept`() async throws {
        let file = Self.halting {
            $0.entityTag = .none
            $0.lastModified = nil
        }
        try await changedBetweenRuns(file)
    }

    private func changedBetweenRuns(_ file: TestFile) async throws {
        try await DownloadRig.run([file]) { rig in
            _ = try await interrupt(rig)
            rig.server.update("/file.bin") { $0.version += 1 }
            let again = try await rig.download("/file.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
            #expect(rig.saved() == ["file.bin"])
        }
    }

    @Test func `a file that changes while it is fetched is fetched again`() async throws {
        try await DownloadRig.run([Self.halting()]) { rig in
            let line = ["download", "-d", rig.directory, rig.server.url("/file.bin")]
            let outcome = try await rig.adm.run(line) { child in
                try await rig.server.waitUntilStalled(path: "/file.bin")
                heal(rig)
                rig.server.update("/file.bin") { $0.version += 1 }
                rig.server.breakConnections(reset: true)
                return try await child.wait()
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
        }
    }

    @Test func `a server that drops the range when there is a condition is asked without`()
        async throws
    {
        let file = Self.halting { $0.ifRange = .dropsRangeForTag }
        try await DownloadRig.run([file]) { rig in
            _ = try await interrupt(rig)
            let report = try await rig.show()
            let before = rig.server.requests("/file.bin").count
            let again = try await rig.download("/file.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
            let later = rig.server.requests("/file.bin").dropFirst(before)
            #expect(later.contains { $0.status == 206 && ($0.start ?? 0) >= 1 }, "\(report)")
        }
    }

    @Test func `H1 a server without ranges starts again and ends right`() async throws {
        let file = Self.halting { $0.ranges = .ignored }
        try await DownloadRig.run([file]) { rig in
            _ = try await interrupt(rig)
            let again = try await rig.download("/file.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
        }
    }

    @Test func `D9 a part file that was cut short by others is not believed`() async throws {
        try await DownloadRig.run([Self.halting()]) { rig in
            _ = try await interrupt(rig)
            for name in rig.saved() where name.hasSuffix(".part") {
                try "x".write(
                    toFile: "\(rig.directory)/\(name)",
                    atomically: false,
                    encoding: .utf8
                )
            }
            let again = try await rig.download("/file.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("file.bin", "/file.bin"))
        }
    }

    @Test func `two processes on one job: the second says who has it, the first ends well`()
        async throws
    {
        try await DownloadRig.run([Self.halting()]) { rig in
            let line = ["download", "-d", rig.directory, rig.server.url("/file.bin")]
            let first = try await rig.adm.run(line) { child in
                try await rig.server.waitUntilStalled(path: "/file.bin")
                let second = try await rig.adm.output(line)
                #expect(second.status == 8)
                #expect(second.errorOutput.contains("another process"))
                heal(rig)
                rig.server.release("/file.bin")
                return try await child.wait()
            }
            #expect(first.status == 0)
            #expect(try rig.isRight("file.bin", "/file.bin"))
        }
    }

    @Test func `two processes with two jobs for one name both keep their bytes`() async throws {
        let other = TestFile("/other/file.bin", length: 3_000_000, seed: 9)
        try await DownloadRig.run([Self.halting(), other]) { rig in
            let line = ["download", "-d", rig.directory, rig.server.url("/file.bin")]
            let first = try await rig.adm.run(line) { child in
                try await rig.server.waitUntilStalled(path: "/file.bin")
                let second = try await rig.download("/other/file.bin")
                #expect(second.status == 0, "\(second.errorOutput)")
                heal(rig)
                rig.server.release("/file.bin")
                return try await child.wait()
            }
            #expect(first.status == 0)
            #expect(rig.saved() == ["file (1).bin", "file.bin"])
            #expect(try rig.isRight("file.bin", "/file.bin"))
            #expect(try rig.isRight("file (1).bin", "/other/file.bin"))
        }
    }
}
