import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Lists of many small files: each of them whole and recorded, however many share a step.
@Suite(.timeLimit(.minutes(3))) struct ManyFilesTests {
    private static let count = 400

    private func bodies() -> [TestBody] {
        (0..<Self.count).map { TestBody(seed: UInt64($0), length: 1 + Int64($0) * 17) }
    }

    /// Runs nginx with the files, and a list of their URLs.
    private func run(
        http: String = "",
        tls: FaultyServer.TLS? = nil,
        protocols: String = "",
        body: (NginxServer, AdmProcess, _ list: String) async throws -> Void
    ) async throws {
        try await NginxServer.run(http: http, tls: tls, protocols: protocols) { nginx in
            try await AdmProcess.withHome { adm in
                for (number, body) in bodies().enumerated() { try nginx.put("/f\(number)", body) }
                let list = adm.home + "/list"
                try (0..<Self.count).map { nginx.url("/f\($0)\n") }.joined()
                    .write(toFile: list, atomically: true, encoding: .utf8)
                let set = ["budget", "set", "--slots", "16", "--per-host", "16"]
                #expect(try await adm.output(set).status == 0)
                try await body(nginx, adm, list)
            }
        }
    }

    private func expectAll(in directory: String) throws {
        for (number, body) in bodies().enumerated() {
            #expect(try body.matches(file: "\(directory)/f\(number)"), "f\(number)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.count == Self.count, "\(names.filter { !$0.hasPrefix("f") })")
    }

    private func number(of directory: String) -> Int {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return names?.count { $0.hasPrefix("f") } ?? 0
    }

    private struct Row: Decodable { let state: String }

    @Test func `a list of small files is fetched and recorded as a whole`() async throws {
        try await run { nginx, adm, list in
            let directory = adm.home + "/d"
            let outcome = try await adm.output(["download", "-d", directory, "batch", list])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            try expectAll(in: directory)
            let history = try await adm.output(["history", "--json", "--limit", "1000"])
            let jobs = try JSONDecoder().decode([Row].self, from: Data(history.output.utf8))
            #expect(jobs.count == Self.count)
            #expect(jobs.allSatisfy { $0.state == "succeeded" })
            // One request a file: nothing is asked before.
            #expect(try await nginx.finish().count == Self.count)
        }
    }

    @Test func `killed in the middle, the same list fetches what is missing and nothing twice`()
        async throws
    {
        try await run { nginx, adm, list in
            let directory = adm.home + "/d"
            let line = ["download", "-d", directory, "--if-exists", "skip", "batch", list]
            for _ in 0..<4 {
                let before = number(of: directory)
                _ = try await adm.run(line) { child in
                    try await eventually(below: directory) {
                        number(of: directory) < min(Self.count, before + 5) ? nil : true
                    }
                    child.send(SIGKILL)
                    return try await child.wait()
                }
            }
            let outcome = try await adm.output(line)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            try expectAll(in: directory)
        }
    }

    @Test func `over TLS many files share a connection if the server speaks HTTP-2`()
        async throws
    {
        let certificates = try TestCertificates.shared()
        try await run(tls: certificates.good, protocols: "http2") { nginx, adm, list in
            let directory = adm.home + "/d"
            let outcome = try await adm.output([
                "download", "-d", directory, "--ca-file", certificates.authority, "batch", list,
            ])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            try expectAll(in: directory)
            let multiplexed = try await nginx.finish().count { $0.protocol == "HTTP/2.0" }
            #expect(multiplexed > Self.count / 2)
        }
    }
}
