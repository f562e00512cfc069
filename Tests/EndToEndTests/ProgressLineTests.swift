import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `--progress json`: one event a line on standard output.
@Suite(.timeLimit(.minutes(2))) struct ProgressLineTests {
    /// One line, with the fields that every line has.
    private struct Line {
        let fields: [String: Any]
        let type: String
        let job: String
        let url: String

        init(_ text: Substring) throws {
            let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
            fields = try #require(parsed as? [String: Any], "\(text)")
            #expect(fields["v"] as? Int == 1, "\(text)")
            type = try #require(fields["event_type"] as? String, "\(text)")
            job = try #require(fields["download_id"] as? String, "\(text)")
            url = try #require(fields["url"] as? String, "\(text)")
            let time = try #require(fields["occurred_at"] as? String, "\(text)")
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            #expect(throws: Never.self, "\(text)") { try Date(time, strategy: style) }
        }
    }

    private func lines(_ outcome: ChildProcess.Outcome) throws -> [Line] {
        #expect(outcome.output.isEmpty || outcome.output.hasSuffix("\n"))
        return try outcome.output.split(separator: "\n").map(Line.init)
    }

    private func run(
        _ rig: DownloadRig,
        _ paths: [String],
        _ options: String...
    ) async throws -> ChildProcess.Outcome {
        try await rig.adm.output(
            ["download", "-d", rig.directory, "--progress", "json"] + options
                + paths.map { rig.server.url($0) }
        )
    }

    @Test(arguments: [1, 12])
    func `each file is queued, started and completed, in this order`(count: Int) async throws {
        let files = (0..<count).map { TestFile("/f\($0).bin", length: 1000, seed: UInt64($0)) }
        try await DownloadRig.run(files) { rig in
            let outcome = try await run(rig, files.map(\.path))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let lines = try lines(outcome)
            for file in files {
                let own = lines.filter { $0.url == rig.server.url(file.path) }
                let types = own.map(\.type).filter { $0 != "download.progress" }
                #expect(types == ["download.queued", "download.started", "download.completed"])
                #expect(own.last?.type == "download.completed")
                #expect(Set(own.map(\.job)).count == 1)
                let path = own.last?.fields["destination_path"] as? String
                #expect(path == rig.directory + file.path)
                #expect(own.last?.fields["total_bytes"] as? Int == 1000)
            }
            #expect(Set(lines.map(\.job)).count == count)
        }
    }

    @Test func `the last event is never lost, however often it is tried`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 10)]) { rig in
            for _ in 0..<20 {
                let outcome = try await run(rig, ["/a.bin"], "--if-exists", "overwrite")
                #expect(try lines(outcome).last?.type == "download.completed")
            }
        }
    }

    @Test func `progress lines say how far it is, and never go back`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 1_048_576, .first(1))]
        let file = TestFile("/a.bin", length: 3 * 1_048_576, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let line = ["download", "-d", rig.directory, "--progress", "json"]
            let single = ["--max-connections", "1", rig.server.url("/a.bin")]
            let outcome = try await rig.adm.run(line + single) { child in
                try await rig.server.waitUntilStalled(path: "/a.bin")
                try await child.waitForOutput(containing: "\"download.progress\"")
                rig.server.release()
                return try await child.wait()
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let progress = try lines(outcome).filter { $0.type == "download.progress" }
            #expect(!progress.isEmpty)
            let done = progress.compactMap { $0.fields["bytes_downloaded"] as? Int }
            #expect(done.count == progress.count)
            #expect(done == done.sorted())
            #expect(done.allSatisfy { (0...3 * 1_048_576).contains($0) })
            for line in progress {
                #expect(line.fields["total_bytes"] as? Int == 3 * 1_048_576)
                #expect(line.fields["speed"] is [String: Any])
                #expect(line.fields["progress_percent"] is Double)
            }
        }
    }

    @Test func `retries and failures are events with their reason`() async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503)]
        let files = [
            TestFile("/busy", length: 10, behaviour), TestFile("/a.bin", length: 10, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            let outcome = try await run(rig, ["/busy", "/a.bin", "/missing"], "--retries", "2")
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            let lines = try lines(outcome)
            let busy = lines.filter { $0.url == rig.server.url("/busy") }
            #expect(
                busy.map(\.type) == [
                    "download.queued", "download.retrying", "download.retrying", "download.failed",
                ]
            )
            #expect(busy.compactMap { $0.fields["retry"] as? Int } == [1, 2])
            let error = busy.last?.fields["error"] as? [String: Any]
            #expect(error?["code"] as? String == "remote-busy")
            let missing = lines.filter { $0.url == rig.server.url("/missing") }
            #expect(missing.map(\.type) == ["download.queued", "download.failed"])
            #expect(lines.contains { $0.type == "download.completed" })
        }
    }

    @Test func `a file that is there already is an event of its own`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 10)]) { rig in
            #expect(try await rig.download("/a.bin").status == 0)
            let outcome = try await run(rig, ["/a.bin"], "--if-exists", "skip")
            #expect(outcome.status == 0)
            let last = try #require(try lines(outcome).last)
            #expect(last.type == "download.skipped")
            #expect(last.fields["reason"] as? String == "file_exists")
            #expect(last.fields["destination_path"] as? String == "\(rig.directory)/a.bin")
        }
    }
}
