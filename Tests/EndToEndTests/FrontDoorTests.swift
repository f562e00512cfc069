import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The ways in which a job comes in, which all lead to the same job.
@Suite(.timeLimit(.minutes(2)))
struct FrontDoorTests {
    /// The header fields of the request for a path, by name in lower case; what differs by its nature is left out.
    private func fields(_ rig: DownloadRig, _ path: String) -> [[String: [String]]] {
        rig.server.requests(path).map { record in
            Dictionary(grouping: record.headers, by: { $0.name.lowercased() })
                .mapValues { $0.map(\.text) }
        }
    }

    private static let files = ["/a.bin", "/b.bin"].map { TestFile($0, length: 100) }

    @Test(
        arguments: [
            ["-H", "X-From: job"], ["-H", "x-from: job", "-H", "X-FROM: twice"],
            ["-H", "Accept: text/html"], ["--user-agent", "mine/1.0"], [],
        ]
    )
    func `add and download send the same request for the same options`(
        _ options: [String]
    ) async throws {
        try await DownloadRig.run(Self.files) { rig in
            try await rig.ok("ws", "create", "w", "--use")
            try await rig.ok("profile", "set", "header", "X-From: profile", "Accept: */*")
            let place = ["-d", rig.directory]
            let download = try await rig.adm.output(
                ["download"] + place + options + [rig.server.url("/a.bin")]
            )
            #expect(download.status == 0, "\(download.errorOutput)")
            let add = try await rig.adm.output(
                ["add"] + place + options + [rig.server.url("/b.bin")]
            )
            #expect(add.status == 0, "\(add.errorOutput)")
            try await rig.ok("run", "--until-empty")
            let first = fields(rig, "/a.bin")
            #expect(!first.isEmpty)
            #expect(first == fields(rig, "/b.bin"))
        }
    }

    @Test(
        arguments: [
            "http://me:se/cret@127.0.0.1:9", "http://me:X@se/cret@127.0.0.1:bad",
            "http://me:X@secret@127.0.0.1:9", "me:se/cret@127.0.0.1:9",
            "http://me:se?cret@127.0.0.1:9",
        ]
    )
    func `a password in a proxy variable that is not escaped is shown to nobody`(
        _ proxy: String
    ) async throws {
        let environment = ["http_proxy": proxy, "ADM_RETRIES": "0"]
        try await DownloadRig.run(Self.files, environment: environment) { rig in
            for arguments in [
                ["download", rig.server.url("/a.bin")], ["config", "show", "--origin"],
                ["list", "--all"],
            ] {
                let outcome = try await rig.adm.output(arguments)
                let text = outcome.output + outcome.errorOutput
                for part in ["cret", "X@"] { #expect(!text.contains(part), "\(text)") }
                if arguments[0] == "download" { #expect(outcome.status == 2, "\(text)") }
            }
            #expect(rig.server.requests().isEmpty)
        }
    }

    @Test(
        arguments: [
            ("insecure", "true"), ("proxy", "http://127.0.0.1:9"), ("no-proxy", "*"),
            ("ca-file", "/etc/hostname"), ("credential-store", "none"),
            ("credential-command", "id"), ("directory", "/tmp"), ("max-concurrent", "1"),
            ("weight", "1000"), ("budget-slots", "1000"), ("nonsense", "1"),
            ("private-addresses", "allow"), ("public-only", "false"),
        ]
    )
    func `a list cannot give a job what only its owner decides`(
        _ name: String,
        _ value: String
    ) async throws {
        try await DownloadRig.run(Self.files) { rig in
            let line =
                #"{"url": "\#(rig.server.url("/a.bin"))", "settings": {"\#(name)": "\#(value)"}}"#
            let json = try await rig.adm.output(["add", "--json-lines", "-"], input: .text(line))
            #expect(json.status == 2)
            #expect(json.errorOutput.contains("line 1: "))
            #expect(json.errorOutput.contains(name))
            let option = "\(rig.server.url("/a.bin"))\t\(name)=\(value)"
            let plain = try await rig.adm.output(["add", "-"], input: .text(option))
            #expect(plain.status == 2)
            let foreground = try await rig.adm.output(
                ["download", "batch", "-"],
                input: .text(option)
            )
            #expect(foreground.status == 2)
            #expect(try await rig.states().isEmpty)
            #expect(rig.server.requests().isEmpty)
        }
    }
}
