import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The timeouts, each by its name, and where connections come from.
@Suite(.timeLimit(.minutes(2))) struct TimeoutTests {
    @Test func `a server that does not answer is told apart from one that falls silent`()
        async throws
    {
        var mute = Behaviour()
        mute.latency = .seconds(60)
        var stalling = Behaviour()
        stalling.interruptions = [.stall(after: 1000)]
        let files = [
            TestFile("/mute.bin", length: 5000, mute),
            TestFile("/stall.bin", length: 5000, stalling),
        ]
        try await DownloadRig.run(files, environment: ["ADM_RETRIES": "0"]) { rig in
            let first = try await rig.download("/mute.bin", "--first-byte-timeout", "300ms")
            #expect(first.status == 11, "\(first.errorOutput)")
            #expect(first.errorOutput.contains("--first-byte-timeout"), "\(first.errorOutput)")
            let second = try await rig.download("/stall.bin", "--idle-timeout", "300ms")
            #expect(second.status == 11, "\(second.errorOutput)")
            #expect(second.errorOutput.contains("--idle-timeout"), "\(second.errorOutput)")
        }
    }

    @Test func `a file that takes too long in all is given up, and can be resumed`()
        async throws
    {
        var slow = Behaviour()
        slow.bytesPerSecond = 20_000
        let file = TestFile("/slow.bin", length: 2_000_000, slow)
        try await DownloadRig.run([file], environment: ["ADM_MAX_CONNECTIONS": "1"]) { rig in
            let outcome = try await rig.download("/slow.bin", "--total-timeout", "1s")
            #expect(outcome.status == 12, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("--total-timeout"), "\(outcome.errorOutput)")
            #expect(try await rig.show().bytesDone > 0)
        }
    }

    @Test func `a server that takes no connection, or shakes no hands, is named with its timeout`()
        async throws
    {
        try await DownloadRig.run(environment: ["ADM_RETRIES": "0"]) { rig in
            let socket = try MuteSocket()
            defer { socket.close() }
            let handshake = try await rig.adm.output([
                "download", "--connect-timeout", "300ms", "https://127.0.0.1:\(socket.port)/a",
            ])
            #expect(handshake.status == 11, "\(handshake.errorOutput)")
            #expect(handshake.errorOutput.contains("TLS handshake"), "\(handshake.errorOutput)")
            #expect(handshake.errorOutput.contains("--connect-timeout"))
            try socket.fill()
            let connection = try await rig.adm.output([
                "download", "--connect-timeout", "300ms", "http://127.0.0.1:\(socket.port)/a",
            ])
            #expect(connection.status == 11, "\(connection.errorOutput)")
            #expect(connection.errorOutput.contains("cannot connect to 127.0.0.1"))
            #expect(connection.errorOutput.contains("--connect-timeout"))
        }
    }

    @Test func `connections come from the address that was asked for`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 5000)]) { rig in
            let bound = try await rig.download("/a.bin", "--bind-address", "127.0.0.9")
            #expect(bound.status == 0, "\(bound.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            let foreign = try await rig.download(
                "/a.bin",
                "--bind-address",
                "192.0.2.7",
                "--retries",
                "0",
                "--if-exists",
                "overwrite"
            )
            #expect(foreign.status == 11, "\(foreign.errorOutput)")
            #expect(foreign.errorOutput.contains("bind-address"), "\(foreign.errorOutput)")
            let nonsense = try await rig.download("/a.bin", "--bind-address", "eth0")
            #expect(nonsense.status == 2, "\(nonsense.errorOutput)")
        }
    }
}
