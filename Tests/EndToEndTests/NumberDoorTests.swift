import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Numbers and URLs that cannot be, at every door: an error that names the range, and nothing is lost.
@Suite struct NumberDoorTests {
    private static let priorities = [
        "1000001", "-1000001", "2147483648", "9223372036854775807", "-9223372036854775808",
        "99999999999999999999", "1.5", "NaN",
    ]

    @Test(arguments: priorities)
    func `a priority outside of its range is refused with the range`(number: String) async throws {
        try await AdmProcess.withHome { adm in
            let url = "http://127.0.0.1:9/f"
            let added = try await adm.output(["add", "--priority=1000000", url])
            #expect(added.status == 0, "\(added.errorOutput)")
            let lines = "\(url)1\n\(url)2\tpriority=\(number)\n\(url)3\n"
            let objects = "{\"url\":\"\(url)4\",\"priority\":\(number.isEmpty ? "\"\"" : number)}\n"
            for (arguments, input, status) in [
                (["add", "--priority=\(number)", url + "0"], "", 2),
                (["download", "--priority=\(number)", url + "0"], "", 2),
                (["queue", "set", "1", "--priority=\(number)"], "", 2),
                (["add", "-"], lines, 7), (["add", "--json-lines", "-"], objects, 2),
            ] as [([String], String, Int32)] {
                let outcome = try await adm.output(arguments, input: .text(input))
                #expect(outcome.status == status, "\(arguments) \(number): \(outcome.errorOutput)")
                if arguments.last != "-" || arguments.count == 2 {
                    #expect(
                        outcome.errorOutput.contains("-1000000 to 1000000"),
                        "\(outcome.errorOutput)"
                    )
                }
            }
            let listed = try await adm.output(["list", "--all", "--json"])
            let jobs = try JSONDecoder().decode([ListedJob].self, from: listed.outputBytes)
            #expect(jobs.count == 3)
        }
    }

    @Test(arguments: ["99999-01-01 10:00", "18:00:9223372036854775807", "+99999999999d", "1e308"])
    func `a time that no calendar has is refused`(time: String) async throws {
        try await AdmProcess.withHome { adm in
            let outcome = try await adm.output(["add", "--at", time, "http://127.0.0.1:9/f"])
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("--at"), "\(outcome.errorOutput)")
        }
    }

    static let urls = [
        "http://[]/", "https://[]:8443/", "http://h:99999/", "http://h:18446744073709551697/c",
        "http://[www.example.org]/", "http://h/" + String(repeating: "ä", count: 25_000),
    ]

    @Test(arguments: urls)
    func `a URL that could not be read back comes in by no door`(url: String) async throws {
        let file = TestFile("/ok.bin", length: 10, seed: 1)
        try await DownloadRig.run([file]) { rig in
            let good = rig.server.url("/ok.bin")
            let metalink = """
                <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a"><url>\(url)</url>\
                </file></metalink>
                """
            for (arguments, input) in [
                (["add", url], ""), (["download", url], ""), (["add", "-"], url + "\n"),
                (["download", "batch", "-"], url + "\n"),
                (["add", "--json-lines", "-"], "{\"url\":\"\(url)\"}\n"),
                (["add", "--mirror", url, good], ""), (["add", "--hash", url, good], ""),
                (["add", "-"], "\(good)\tmirror=\(url)\n"),
                (["add", "-"], "\(good)\thash=\(url)\n"),
                (["add", "--json-lines", "-"], "{\"url\":\"\(good)\",\"mirrors\":[\"\(url)\"]}\n"),
                (["add", "--metalink", "-"], metalink),
            ] {
                let outcome = try await rig.adm.output(arguments, input: .text(input))
                #expect(
                    outcome.status == 2,
                    "\(arguments.first ?? ""): \(outcome.errorOutput.prefix(500))"
                )
            }
            #expect(try await rig.states().isEmpty)
        }
    }

    @Test(arguments: ["http://[]/", "http://h:99999/x", "//[]/"])
    func `a redirect to nowhere is the fault of the server, and the job can be read`(
        location: String
    ) async throws {
        let raw = "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
        var behaviour = Behaviour()
        behaviour.rawResponses = [RawResponse(raw)]
        try await DownloadRig.run([TestFile("/r", length: 10, behaviour)]) { rig in
            let outcome = try await rig.download("/r", "--retries", "0")
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(try await rig.states() == [1: "failed"])
        }
    }

    static let fields = [
        "Last-Modified", "Date", "Retry-After", "Content-Range", "Content-Length", "Age",
    ]

    @Test(
        arguments: fields,
        ["Sun, 06 Nov 1994 9223372036854775807:00:00 GMT", "9223372036854775807"]
    )
    func `one field of one answer does not end the others`(name: String, value: String) async throws
    {
        let length = name == "Content-Length" ? "" : "Content-Length: 5\r\n"
        var behaviour = Behaviour()
        behaviour.rawResponses = [
            RawResponse("HTTP/1.1 200 OK\r\n\(name): \(value)\r\n\(length)\r\nhello")
        ]
        let files = [
            TestFile("/bad", length: 5, behaviour), TestFile("/good", length: 100_000, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            let outcome = try await rig.adm.output([
                "download", "-d", rig.directory, "--retries", "0", rig.server.url("/bad"),
                rig.server.url("/good"),
            ])
            #expect([0, 7].contains(outcome.status), "\(outcome.errorOutput)")
            #expect(try rig.isRight("good", "/good"))
        }
    }
}
