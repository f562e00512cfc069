import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Several URLs in one command, and what it says of them on both outputs.
@Suite(.timeLimit(.minutes(2))) struct SeveralTests {
    private static func files(
        _ count: Int,
        length: Int64 = 1000,
        _ behaviour: Behaviour = Behaviour()
    ) -> [TestFile] {
        (0..<count).map {
            TestFile("/f\($0).bin", length: length, seed: UInt64($0) + 1, behaviour)
        }
    }

    private func line(_ rig: DownloadRig, _ paths: [String], _ options: [String] = []) -> [String] {
        ["download", "-d", rig.directory] + options + paths.map { rig.server.url($0) }
    }

    @Test func `several files arrive, and a closing line adds them up`() async throws {
        try await DownloadRig.run(Self.files(6)) { rig in
            let paths = (0..<6).map { "/f\($0).bin" }
            let outcome = try await rig.adm.output(line(rig, paths))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.output.isEmpty)
            #expect(rig.saved() == paths.map { String($0.dropFirst()) })
            for path in paths { #expect(try rig.isRight(String(path.dropFirst()), path)) }
            #expect(outcome.errorOutput.contains("6 saved"), "\(outcome.errorOutput)")
        }
    }

    @Test func `the same URL twice is one job`() async throws {
        try await DownloadRig.run(Self.files(1)) { rig in
            let outcome = try await rig.adm.output(line(rig, ["/f0.bin", "/f0.bin"]))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved().first == "f0.bin")
            for name in rig.saved() { #expect(try rig.isRight(name, "/f0.bin")) }
        }
    }

    @Test func `one name for two files is given once, the other is numbered`() async throws {
        let files = [
            TestFile("/x/same.bin", length: 3000, seed: 1),
            TestFile("/y/same.bin", length: 5000, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            let outcome = try await rig.adm.output(line(rig, ["/x/same.bin", "/y/same.bin"]))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["same (1).bin", "same.bin"])
            let isFirst = try rig.isRight("same.bin", "/x/same.bin")
            let other = isFirst ? "/y/same.bin" : "/x/same.bin"
            #expect(try rig.isRight("same (1).bin", other))
            #expect(try isFirst || rig.isRight("same.bin", "/y/same.bin"))
        }
    }

    @Test func `if some fail the others arrive, and the exit code says so`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let paths = ["/f0.bin", "/missing", "/f1.bin"]
            let outcome = try await rig.adm.output(line(rig, paths))
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin", "f1.bin"])
            #expect(outcome.errorOutput.contains("404"))
            #expect(outcome.errorOutput.contains("2 saved, 1 failed"), "\(outcome.errorOutput)")
        }
    }

    @Test(
        arguments: [
            ([404, 410], 3), ([401, 403], 4), ([503, 429], 5), ([404, 401], 7), ([404, 503], 7),
        ] as [([Int], Int32)]
    )
    func `if all fail for one reason the exit code names it`(
        statuses: [Int],
        exit: Int32
    )
        async throws
    {
        let files = statuses.map { status in
            var behaviour = Behaviour()
            behaviour.refusals = [Refusal(status)]
            return TestFile("/s\(status)", length: 10, behaviour)
        }
        try await DownloadRig.run(files) { rig in
            let outcome = try await rig.adm.output(
                line(rig, files.map(\.path), ["--retries", "1"])
            )
            #expect(outcome.status == exit, "\(outcome.errorOutput)")
            for status in statuses { #expect(outcome.errorOutput.contains("\(status)")) }
            #expect(rig.saved().isEmpty)
        }
    }

    @Test func `a URL that is none stops the command before anything is fetched`() async throws {
        try await DownloadRig.run(Self.files(1)) { rig in
            let outcome = try await rig.adm.output(line(rig, ["/f0.bin"]) + ["nonsense"])
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(rig.server.requests().isEmpty)
        }
    }

    @Test(arguments: [(["--max-concurrent", "2"], 2), (["--max-concurrent", "1"], 1), ([], 7)])
    func `no more files are fetched at once than allowed`(
        options: [String],
        limit: Int
    )
        async throws
    {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 500, .first(1))]
        let files = Self.files(7, behaviour)
        try await DownloadRig.run(files) { rig in
            let all = files.map(\.path)
            let one = ["--max-connections", "1"]
            let outcome = try await rig.adm.run(line(rig, all, one + options)) { child in
                try await rig.server.waitUntil { log in
                    all.reduce(0) { $0 + log.stalled(path: $1) } == limit
                }
                for path in all { rig.server.update(path) { $0.behaviour.interruptions = [] } }
                rig.server.release()
                return try await child.wait()
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.server.maximumConcurrency == limit)
            #expect(rig.saved().count == 7)
        }
    }

    @Test func `paths alone go to standard output if they are asked for`() async throws {
        try await DownloadRig.run(Self.files(3)) { rig in
            let paths = ["/f0.bin", "/f1.bin", "/missing", "/f2.bin"]
            let outcome = try await rig.adm.output(line(rig, paths, ["--print-path"]))
            #expect(outcome.status == 7)
            let printed = outcome.output.split(separator: "\n").map(String.init).sorted()
            #expect(printed == (0..<3).map { "\(rig.directory)/f\($0).bin" })
            let skip = ["--print-path", "--if-exists", "skip", "--quiet"]
            let skipped = try await rig.adm.output(line(rig, ["/f1.bin"], skip))
            #expect(skipped.status == 0)
            #expect(skipped.output == "\(rig.directory)/f1.bin\n")
            #expect(skipped.errorOutput.isEmpty, "\(skipped.errorOutput)")
        }
    }

    @Test func `--json prints one document with all jobs at the end`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let paths = ["/f0.bin", "/missing", "/f1.bin"]
            let outcome = try await rig.adm.output(line(rig, paths, ["--json"]))
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            let parsed = try JSONSerialization.jsonObject(with: outcome.outputBytes)
            let rows = try #require(parsed as? [[String: Any]])
            #expect(rows.count == 3)
            let states = rows.reduce(into: [String: String]()) { states, row in
                states[row["url"] as? String ?? ""] = row["state"] as? String
            }
            #expect(
                states == [
                    rig.server.url("/f0.bin"): "succeeded", rig.server.url("/f1.bin"): "succeeded",
                    rig.server.url("/missing"): "failed",
                ]
            )
            let failed = try #require(rows.first { $0["state"] as? String == "failed" })
            let failure = try #require(failed["failure"] as? [String: Any])
            #expect(failure["code"] as? String == "remote-not-found")
        }
    }

    @Test(
        arguments: [
            ["--quiet", "--progress", "plain"], ["--progress", "none"], ["--progress", "plain"],
        ]
    )
    func `standard error tells as much as is asked for`(options: [String]) async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let good = try await rig.adm.output(line(rig, ["/f0.bin", "/f1.bin"], options))
            #expect(good.status == 0)
            #expect(good.output.isEmpty)
            let isQuiet = options.contains("--quiet")
            let told = good.errorOutput
            #expect(told.isEmpty == isQuiet, "\(told)")
            #expect(told.contains("saved ~/downloads/f0.bin") == !isQuiet, "\(told)")
            #expect(told.contains("started") == (options == ["--progress", "plain"]), "\(told)")
            #expect(!told.contains("\u{1B}"))
            let bad = try await rig.adm.output(line(rig, ["/missing"], options))
            #expect(bad.status == 3)
            #expect(bad.errorOutput.contains("404"), "errors are always told")
        }
    }

    @Test(
        arguments: [
            "--print-path '%' | head -c 0", "--progress json '%' | head -c 0", "--json '%' | true",
            "--progress json '%' >&-", "--print-path '%' >&- 2>&-", "'%' 2>&1 | head -c 0",
            "--progress bar '%' 2>&1 | true",
        ]
    )
    func `K3 outputs that nobody reads are success, and the file arrives`(
        rest: String
    )
        async throws
    {
        try await DownloadRig.run(Self.files(1, length: 3_000_000)) { rig in
            var command = try rig.adm.command([])
            let words = rest.replacing("%", with: rig.server.url("/f0.bin"))
            let script = "'\(command.executable)' download -d '\(rig.directory)' \(words)"
            command.executable = "/bin/bash"
            command.arguments = ["-c", "set -o pipefail; \(script)"]
            let outcome = try await ChildProcess.output(command)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("f0.bin", "/f0.bin"))
        }
    }
}
