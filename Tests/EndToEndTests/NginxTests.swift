import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Downloads from a real nginx: the second opinion beside the server of our own.
@Suite(.timeLimit(.minutes(2))) struct NginxTests {
    private static let length: Int64 = 24 * 1_048_576
    private static let body = TestBody(seed: 11, length: length)

    /// Runs a test with nginx and a fresh home.
    private func run(
        location: String = "",
        http: String = "",
        tls: FaultyServer.TLS? = nil,
        protocols: String = "",
        body: (NginxServer, AdmProcess) async throws -> Void
    ) async throws {
        try await NginxServer.run(
            location: location,
            http: http,
            tls: tls,
            protocols: protocols
        ) { nginx in
            try await AdmProcess.withHome { process in
                var adm = process
                adm.environment = ["ADM_RETRY_WAIT": "20ms"]
                try await body(nginx, adm)
            }
        }
    }

    private func download(
        _ adm: AdmProcess,
        _ url: String,
        _ options: String...
    ) async throws -> ChildProcess.Outcome {
        try await adm.output(["download", "-d", adm.home + "/d"] + options + [url])
    }

    private func saved(_ adm: AdmProcess) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: adm.home + "/d")) ?? []).sorted()
    }

    @Test(arguments: [0, 1, 70_000, 24 * 1_048_576] as [Int64])
    func `a plain file of any size arrives whole`(length: Int64) async throws {
        try await run { nginx, adm in
            let body = TestBody(seed: 7, length: length)
            try nginx.put("/a.bin", body)
            let outcome = try await download(adm, nginx.url("/a.bin"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(saved(adm) == ["a.bin"])
            #expect(try body.matches(file: adm.home + "/d/a.bin"))
        }
    }

    @Test(arguments: [
        ("keepalive_requests 3;", false), ("keepalive_timeout 0;", false),
        ("keepalive_timeout 1ms;", false), ("keepalive_requests 7;", true),
    ])
    func `a server that ends connections between requests fails none`(
        limit: String,
        isHTTP2: Bool
    ) async throws {
        let certificates = try TestCertificates.shared()
        let tls = isHTTP2 ? certificates.good : nil
        let protocols = isHTTP2 ? "http2" : ""
        try await run(location: limit, tls: tls, protocols: protocols) { nginx, adm in
            let body = TestBody(seed: 7, length: 5_000)
            var lines = ""
            for number in 0..<80 {
                try nginx.put("/\(number).bin", body)
                lines += nginx.url("/\(number).bin") + "\n"
            }
            try lines.write(toFile: adm.home + "/list", atomically: true, encoding: .utf8)
            let outcome = try await adm.output([
                "download", "-d", adm.home + "/d", "--ca-file", certificates.authority,
                "--retries", "0", "batch", adm.home + "/list",
            ])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(saved(adm).count == 80)
        }
    }

    @Test(arguments: ["/a b.bin", "/größe.bin", "/100%.bin", "/a+b#c.bin"])
    func `names that need escaping are those on the server`(name: String) async throws {
        try await run { nginx, adm in
            let body = TestBody(seed: 7, length: 1000)
            try nginx.put(name, body)
            let escaped = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
            let outcome = try await download(adm, nginx.url("/" + (escaped ?? "").dropFirst(3)))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(saved(adm) == [String(name.dropFirst())])
        }
    }

    @Test func `a missing file, a directory and a forbidden file are told apart`() async throws {
        try await run(location: "location /secret { return 403; }") { nginx, adm in
            let missing = try await download(adm, nginx.url("/missing"))
            #expect(missing.status == 3, "\(missing.errorOutput)")
            let forbidden = try await download(adm, nginx.url("/secret"))
            #expect(forbidden.status == 4, "\(forbidden.errorOutput)")
            #expect(saved(adm).isEmpty)
        }
    }

    @Test(arguments: [NginxServer.throttled, NginxServer.throttled + "etag off;"])
    func `after an interruption only what is missing is fetched`(location: String) async throws {
        try await run(location: location) { nginx, adm in
            try nginx.put("/a.bin", Self.body)
            let done = try await interrupt(nginx, adm)
            try nginx.open()
            let again = try await download(adm, nginx.url("/a.bin"))
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try Self.body.matches(file: adm.home + "/d/a.bin"))
            #expect(saved(adm) == ["a.bin"])
            let requests = try await nginx.finish()
            // The first request of the second run begins behind what is there already.
            #expect(requests.contains { $0.status == 206 && !$0.range.hasPrefix("bytes=0-") })
            #expect(done >= 1_000_000)
        }
    }

    @Test(arguments: [NginxServer.throttled, NginxServer.throttled + "etag off;"])
    func `H3 a file of the same length that changed between runs is never mixed`(
        location: String
    )
        async throws
    {
        try await run(location: location) { nginx, adm in
            try nginx.put("/a.bin", Self.body)
            _ = try await interrupt(nginx, adm)
            let other = TestBody(seed: 99, length: Self.length)
            try nginx.put("/a.bin", other, changed: .init(timeIntervalSince1970: 1.1e9))
            try nginx.open()
            let again = try await download(adm, nginx.url("/a.bin"))
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try other.matches(file: adm.home + "/d/a.bin"))
            #expect(saved(adm) == ["a.bin"])
        }
    }

    /// Stops a download with Ctrl-C when some of it is there, and returns how much was kept.
    private func interrupt(_ nginx: NginxServer, _ adm: AdmProcess) async throws -> Int64 {
        let line = ["download", "-d", adm.home + "/d", "--progress", "json", nginx.url("/a.bin")]
        let stopped = try await adm.run(line) { child in
            try await child.waitForOutput(where: hasMoved)
            child.send(SIGINT)
            return try await child.wait()
        }
        #expect(stopped.status == 130, "\(stopped.errorOutput)")
        #expect(saved(adm).allSatisfy { $0 != "a.bin" })
        let shown = try await adm.output(["show", "1", "--json"])
        let job = try JSONSerialization.jsonObject(with: shown.outputBytes) as? [String: Any]
        return (job?["bytes_done"] as? NSNumber)?.int64Value ?? 0
    }

    /// Whether a progress line tells of a mebibyte or more.
    @Sendable private func hasMoved(_ output: String) -> Bool {
        output.split(separator: "\n").contains { text in
            let parsed = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            let line = parsed as? [String: Any]
            return (line?["bytes_downloaded"] as? NSNumber)?.int64Value ?? 0 >= 1_000_000
        }
    }

    @Test func `compression that the server offers is not asked for`() async throws {
        let gzip = "gzip on; gzip_min_length 1; gzip_types *; gzip_proxied any; gzip_vary on;"
        try await run(location: gzip) { nginx, adm in
            let text = Data(String(repeating: "adm adm adm\n", count: 100_000).utf8)
            try text.write(to: URL(fileURLWithPath: nginx.root + "/a.txt"))
            let outcome = try await download(adm, nginx.url("/a.txt"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(FileManager.default.contents(atPath: adm.home + "/d/a.txt") == text)
        }
    }

    @Test func `H1 without ranges the file comes in one piece, and resuming starts again`()
        async throws
    {
        try await run(location: "max_ranges 0; " + NginxServer.throttled) { nginx, adm in
            try nginx.put("/a.bin", Self.body)
            _ = try await interrupt(nginx, adm)
            try nginx.open()
            let outcome = try await download(adm, nginx.url("/a.bin"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try Self.body.matches(file: adm.home + "/d/a.bin"))
            let requests = try await nginx.finish()
            #expect(requests.allSatisfy { $0.status != 206 })
        }
    }

    @Test(arguments: [429, 503])
    func `while others use up the connections it waits, and then the file arrives`(
        status: Int
    )
        async throws
    {
        let zone = "limit_conn_zone $binary_remote_addr zone=all:1m;"
        let limit = "limit_conn all 1; limit_conn_status \(status);"
        let held = "location /held.bin { \(NginxServer.throttled) }"
        try await run(location: limit + held, http: zone) { nginx, process in
            try nginx.put("/held.bin", Self.body)
            try nginx.put("/a.bin", Self.body)
            var adm = process
            adm.environment["ADM_RETRY_WAIT_MAX"] = "50ms"
            let holding = [
                "download", "-d", adm.home + "/other", "--max-connections", "1", "--progress",
                "json", nginx.url("/held.bin"),
            ]
            let line = ["download", "-d", adm.home + "/d", "--retries", "1000"]
            let outcome = try await adm.run(holding) { holder in
                try await holder.waitForOutput(containing: "download.started")
                return try await adm.run(line + [nginx.url("/a.bin")]) { child in
                    try await nginx.waitForAnswer(status)
                    holder.send(SIGINT)
                    return try await child.wait()
                }
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try Self.body.matches(file: adm.home + "/d/a.bin"))
        }
    }

    @Test(arguments: [429, 503])
    func `a limit of requests is waited for`(status: Int) async throws {
        let zone = "limit_req_zone $binary_remote_addr zone=all:1m rate=5r/s;"
        let limit = "limit_req zone=all; limit_req_status \(status);"
        try await run(location: limit, http: zone) { nginx, adm in
            let bodies = (0..<4).map { TestBody(seed: UInt64($0) + 1, length: 3_000_000) }
            for (index, body) in bodies.enumerated() { try nginx.put("/f\(index)", body) }
            let urls = bodies.indices.map { nginx.url("/f\($0)") }
            let outcome = try await adm.output(
                ["download", "-d", adm.home + "/d", "--retries", "20"] + urls
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            for (index, body) in bodies.enumerated() {
                #expect(try body.matches(file: adm.home + "/d/f\(index)"))
            }
        }
    }

    @Test(arguments: ["", "http2"])
    func `T1 over TLS the certificate is verified`(protocols: String) async throws {
        let certificates = try TestCertificates.shared()
        try await run(tls: certificates.good, protocols: protocols) { nginx, adm in
            try nginx.put("/a.bin", Self.body)
            let url = nginx.url("/a.bin")
            let refused = try await download(adm, url, "--retries", "0")
            #expect(refused.status == 11, "\(refused.errorOutput)")
            #expect(saved(adm).isEmpty)
            let fine = try await download(adm, url, "--ca-file", certificates.authority)
            #expect(fine.status == 0, "\(fine.errorOutput)")
            #expect(try Self.body.matches(file: adm.home + "/d/a.bin"))
        }
    }

    @Test func `a redirect of nginx leads to the file`() async throws {
        let location = "location /old { return 302 /new/a.bin; }"
        try await run(location: location) { nginx, adm in
            try FileManager.default.createDirectory(
                atPath: nginx.root + "/new",
                withIntermediateDirectories: false
            )
            try nginx.put("/new/a.bin", Self.body)
            let outcome = try await download(adm, nginx.url("/old"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(saved(adm) == ["a.bin"])
            #expect(try Self.body.matches(file: adm.home + "/d/a.bin"))
        }
    }
}
