import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// K1: the process dies while many files are on their way to their final names together.
@Suite(.timeLimit(.minutes(5)), .enabled("strace may trace here") { await CrashRig.canTrace() })
struct FinishingRoundTests {
    private static let count = 30

    private struct Row: Decodable { let state: String }

    private static func body(_ number: Int) -> TestBody {
        TestBody(seed: UInt64(number), length: 1 + Int64(number) * 170)
    }

    /// The call, and before which ones of a thread the process is killed.
    static let points: [(call: String, occurrences: [Int])] = [
        ("renameat2", [1, 2, 5, 9]), ("unlinkat", [1, 4]), ("fsync", [3, 6, 10]),
        ("fdatasync", [2, 4, 7]), ("flock", [12, 25, 40]), ("pwrite64", [30, 60, 90, 130, 180]),
    ]

    @Test(arguments: points)
    func `K1 killed in a round, the same list ends well and nothing comes twice`(
        _ point: (call: String, occurrences: [Int])
    ) async throws {
        try await NginxServer.run { nginx in
            for number in 0..<Self.count { try nginx.put("/f\(number)", Self.body(number)) }
            var kills = 0
            for occurrence in point.occurrences {
                try await AdmProcess.withHome { adm in
                    let list = adm.home + "/list"
                    try (0..<Self.count).map { nginx.url("/f\($0)\n") }.joined()
                        .write(toFile: list, atomically: true, encoding: .utf8)
                    let set = ["budget", "set", "--slots", "16", "--per-host", "16"]
                    #expect(try await adm.output(set).status == 0)
                    let directory = adm.home + "/d"
                    let line =
                        ["download", "-d", directory, "--if-exists", "skip", "--progress", "none"]
                        + ["batch", list]
                    var command = try adm.command(line)
                    command.arguments =
                        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(point.call)"]
                        + ["-e", "inject=\(point.call):signal=SIGKILL:when=\(occurrence)"]
                        + [command.executable] + command.arguments
                    command.executable = "/usr/bin/env"
                    let outcome = try await ChildProcess.output(command)
                    if outcome.status == 137 { kills += 1 }
                    let place = "\(point.call) number \(occurrence)"
                    // Whatever has its name by now is whole.
                    for number in 0..<Self.count {
                        let path = "\(directory)/f\(number)"
                        guard FileManager.default.fileExists(atPath: path) else { continue }
                        #expect(try Self.body(number).matches(file: path), "\(place): f\(number)")
                    }
                    let again = try await adm.output(line)
                    #expect(again.status == 0, "\(place): \(again.errorOutput)")
                    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
                    #expect(names.count == Self.count, "\(place): \(names.sorted())")
                    for number in 0..<Self.count {
                        let path = "\(directory)/f\(number)"
                        #expect(try Self.body(number).matches(file: path), "\(place): f\(number)")
                    }
                    let jobs = try await adm.output(["list", "--json", "--all"])
                    let rows = try JSONDecoder().decode([Row].self, from: jobs.outputBytes)
                    #expect(rows.count >= Self.count)
                    #expect(rows.allSatisfy { $0.state == "succeeded" }, "\(place): \(jobs.output)")
                }
            }
            #expect(kills > 0, "the program never came to \(point.call)")
        }
    }
}
