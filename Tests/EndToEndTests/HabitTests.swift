import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What people type who know other tools.
@Suite(.timeLimit(.minutes(2))) struct HabitTests {
    private static func file(_ path: String, _ seed: UInt64 = 7) -> TestFile {
        TestFile(path, length: 300_000, seed: seed)
    }

    @Test(arguments: [
        ["-o", "x.bin", "-P", "OUT"], ["-sSfLo", "x.bin", "-POUT"],
        ["-c", "-x4", "-j2", "-O", "x.bin", "-dOUT"],
        ["-x", "4", "-s4", "-k1M", "--out=x.bin", "--dir=OUT"],
        ["--output-document=x.bin", "--directory-prefix=OUT", "--tries=2", "-nv"],
    ])
    func `a URL after options of another tool is fetched`(_ options: [String]) async throws {
        try await DownloadRig.run([Self.file("/a.bin")]) { rig in
            let own = options.map { $0.replacing("OUT", with: rig.directory) }
            for verb in [[], ["download"]] {
                let outcome = try await rig.adm.output(
                    verb + own + ["--if-exists", "overwrite", rig.server.url("/a.bin")]
                )
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(rig.saved() == ["x.bin"])
                #expect(try rig.isRight("x.bin", "/a.bin"))
            }
        }
    }

    @Test func `a list is read in every way that it can be named`() async throws {
        try await DownloadRig.run([Self.file("/a.bin")]) { rig in
            let list = rig.adm.home + "/urls.txt"
            try rig.server.url("/a.bin").write(toFile: list, atomically: true, encoding: .utf8)
            for words in [["-i", list], [list], ["batch", list], ["-"], ["-i", "-"]] {
                let outcome = try await rig.adm.output(
                    ["download", "-d", rig.directory, "--if-exists", "overwrite"] + words,
                    input: words.contains("-") ? .text(rig.server.url("/a.bin")) : .none
                )
                #expect(outcome.status == 0, "\(words) \(outcome.errorOutput)")
                #expect(rig.saved() == ["a.bin"])
            }
            let added = try await rig.adm.output(["add", list])
            #expect(added.status == 0, "\(added.errorOutput)")
        }
    }

    @Test func `the password of --user goes to its server in this run and is kept nowhere`()
        async throws
    {
        let value = DownloadRig.basic("alice", "geheim77")
        let files = [
            DownloadRig.guarded("/a.bin", "Authorization", value),
            DownloadRig.guarded("/b.bin", "Authorization", value),
        ]
        try await DownloadRig.run(files) { rig in
            let options = ["-d", rig.directory, "--user", "alice", "--password-stdin"]
            let both = try await rig.adm.output(
                ["download"] + options + [rig.server.url("/a.bin"), rig.server.url("/b.bin")],
                input: .text("geheim77\n")
            )
            #expect(both.status == 0, "\(both.errorOutput)")
            #expect(rig.saved() == ["a.bin", "b.bin"])
            let without = try await rig.download("/b.bin", "--if-exists", "overwrite")
            #expect(without.status == 4, "\(without.errorOutput)")
            let list = try await rig.adm.output(["auth", "list"])
            #expect(list.output.isEmpty)
            #expect(list.status == 0 && list.output.isEmpty && list.errorOutput.isEmpty)
            let kept = try Traces.find("geheim77", below: rig.adm.home)
            #expect(kept.isEmpty, "\(kept)")
        }
    }

    @Test func `the password of --user is not sent to a second server`() async throws {
        let open = TestFile("/a.bin", length: 100, seed: 1)
        try await DownloadRig.run([open]) { rig in
            let url = rig.server.url("/a.bin")
            let other = url.replacing("127.0.0.1", with: "localhost")
            let options = [
                "download", "-d", rig.directory, "--retries", "0", "-u", "alice",
                "--password-stdin",
            ]
            let named = try await rig.adm.output(options + [url, other], input: .text("pw"))
            #expect(named.status == 2, "\(named.errorOutput)")
            #expect(rig.server.requests("/a.bin").isEmpty)
            let list = rig.adm.home + "/urls"
            try "\(url)\n\(other)\n".write(toFile: list, atomically: true, encoding: .utf8)
            let listed = try await rig.adm.output(options + ["-i", list], input: .text("pw"))
            #expect(listed.status == 7, "\(listed.errorOutput)")
            #expect(rig.sent("Authorization", to: "/a.bin") == [DownloadRig.basic("alice", "pw")])
            #expect(
                rig.server.requests("/a.bin").allSatisfy {
                    $0.header("Host")?.hasPrefix("127") == true
                }
            )
        }
    }

    @Test func `without a terminal --user says how to give the password`() async throws {
        try await DownloadRig.run([Self.file("/a.bin")]) { rig in
            let outcome = try await rig.download("/a.bin", "--user", "alice")
            #expect(outcome.status == 2)
            #expect(outcome.errorOutput.contains("--password-stdin"), "\(outcome.errorOutput)")
            #expect(!outcome.errorOutput.contains("--json"))
        }
    }

    @Test func `a password in a URL works for the run if no store can keep it`() async throws {
        let value = DownloadRig.basic("alice", "geheim77")
        for store in ["keyring", "none"] {
            try await DownloadRig.run(
                [DownloadRig.guarded("/a.bin", "Authorization", value)],
                environment: ["ADM_CREDENTIAL_STORE": store]
            ) { rig in
                let url = rig.server.url("/a.bin").replacing("://", with: "://alice:geheim77@")
                let outcome = try await rig.adm.output(["download", "-d", rig.directory, url])
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(try rig.isRight("a.bin", "/a.bin"))
                #expect(outcome.errorOutput.contains("adm auth login"), "\(outcome.errorOutput)")
                #expect(!outcome.errorOutput.contains("geheim77"))
                let kept = try Traces.find("geheim77", below: rig.adm.home)
                #expect(kept.isEmpty, "\(kept)")
                #expect(try await rig.adm.output(["add", url]).status != 0)
            }
        }
    }

    @Test func `help for what does not exist is exit 2, and version is a verb`() async throws {
        try await AdmProcess.withHome { adm in
            #expect(try await adm.output(["help", "nonsense"]).status == 2)
            #expect(try await adm.output(["help", "ws", "list"]).status == 0)
            let version = try await adm.output(["version"])
            #expect(version.status == 0)
            #expect(version.output == (try await adm.output(["--version"]).output))
        }
    }

    @Test func `an unknown option is answered with what helps`() async throws {
        try await AdmProcess.withHome { adm in
            let follow = try await adm.output(["list", "--follow"])
            #expect(follow.status == 2)
            #expect(
                follow.errorOutput.contains("hint: adm events takes --follow"),
                "\(follow.errorOutput)"
            )
            let json = try await adm.output(["list", "--user", "x", "--json"])
            #expect(
                json.errorOutput.contains("\"hint\":\"adm download, adm resume"),
                "\(json.errorOutput)"
            )
        }
    }

    @Test func `tables in a pipe have tabs, all columns, and nothing is cut`() async throws {
        let name = String(repeating: "long", count: 50) + ".bin"
        try await DownloadRig.run([Self.file("/\(name)")]) { rig in
            #expect(try await rig.download("/\(name)").status == 0)
            let history = try await rig.adm.output(["history"])
            let rows = history.output.split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
            #expect(rows.count == 1)
            #expect(rows.first?.count == 7)
            #expect(rows.first?[5] == name[...])
            #expect(rows.first?.last?.isEmpty == true)
            let list = try await rig.adm.output(["list"])
            #expect(list.output.isEmpty)
            #expect(list.errorOutput.contains("no such jobs"))
        }
    }

    @Test func `that nothing was verified is said once`() async throws {
        let files = [Self.file("/a.bin", 1), Self.file("/b.bin", 2), Self.file("/c.bin", 3)]
        try await DownloadRig.run(files) { rig in
            let one = try await rig.download("/a.bin")
            #expect(
                one.errorOutput.split(separator: "not verified").count == 2,
                "\(one.errorOutput)"
            )
            let all = try await rig.download(
                "/a.bin",
                rig.server.url("/b.bin"),
                rig.server.url("/c.bin")
            )
            #expect(
                all.errorOutput.split(separator: "not verified").count == 2,
                "\(all.errorOutput)"
            )
        }
    }
}
