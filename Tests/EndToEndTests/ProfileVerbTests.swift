import ADMTestSupport
import Foundation
import Testing

/// `adm profile`, as a person or a script uses it.
@Suite struct ProfileVerbTests {
    @Test func `set, get and unset change one line and keep comments`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            try write(adm, "# mine\nretries = 2 # few\n")
            try await adm.succeed(["profile", "set", "retries", "7"])
            #expect(try read(adm) == "# mine\nretries = 7 # few\n")
            #expect(try await adm.succeed(["profile", "get", "retries"]).output == "7\n")
            let row = try await adm.json(["profile", "get", "retries", "--json"])
            #expect(row["value"] as? Int == 7)
            #expect((row["origin"] as? String)?.hasSuffix("profile.toml:2") == true)
            try await adm.succeed(["profile", "unset", "retries"])
            #expect(try read(adm).contains("# mine"))
            #expect(try await adm.succeed(["profile", "get", "retries"]).output == "10\n")
        }
    }

    @Test func `a list takes several values, a text is printed without quotes`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            try await adm.succeed(["profile", "set", "no-proxy", "localhost", ".example.org"])
            let hosts = try await adm.json(["profile", "get", "no-proxy", "--json"])
            #expect(hosts["value"] as? [String] == ["localhost", ".example.org"])
            try await adm.succeed(["profile", "set", "user-agent", "my agent"])
            let agent = try await adm.succeed(["profile", "get", "user-agent"])
            #expect(agent.output == "my agent\n")
        }
    }

    @Test(arguments: [
        (["retrys", "3"], "did you mean retries?"), (["retries", "many"], "retries"),
        (["retries", "1", "2"], "one value"), (["insecure", "true"], "--insecure"),
    ])
    func `a wrong key or value ends with 2 and changes nothing`(
        _ arguments: [String],
        _ words: String
    ) async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            let before = try read(adm)
            let result = try await adm.output(["profile", "set"] + arguments)
            #expect(result.status == 2)
            #expect(result.errorOutput.contains(words))
            #expect(try read(adm) == before)
        }
    }

    @Test func `a variable that wins over the new value is named`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            var other = adm
            other.environment["ADM_RETRIES"] = "1"
            let result = try await other.succeed(["profile", "set", "retries", "7"])
            #expect(result.errorOutput.contains("ADM_RETRIES still wins"))
        }
    }

    @Test func `edit puts a valid text into place`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            let edited = try await edit(adm, "printf 'retries = 5\\n' >")
            #expect(edited.status == 0)
            #expect(try read(adm) == "retries = 5\n")
        }
    }

    @Test func `edit keeps the profile and the typed text if that is wrong`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            let before = try read(adm)
            let edited = try await edit(adm, "printf 'retries = \\n' >")
            #expect(edited.status == 2)
            #expect(edited.errorOutput.contains("profile.toml:1"))
            #expect(try read(adm) == before)
            let kept = try #require(edited.errorOutput.split(separator: " ").last)
            let path = kept.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "retries = \n")
        }
    }

    @Test func `an editor that fails or changes nothing changes nothing`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            let before = try read(adm)
            #expect(try await edit(adm, "false").status == 15)
            let same = try await edit(adm, "true")
            #expect(same.status == 0)
            #expect(same.errorOutput.contains("nothing was changed"))
            let missing = try await edit(adm, "no-such-editor")
            #expect(missing.status == 2)
            #expect(missing.errorOutput.contains("no-such-editor"))
            #expect(try read(adm) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: adm.home + "/tmp") == [])
        }
    }

    @Test func `show prints the text as it is written`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            try write(adm, "# only a comment, no line end")
            let shown = try await adm.succeed(["profile", "show"])
            #expect(shown.output == "# only a comment, no line end")
            let row = try await adm.json(["profile", "show", "--json"])
            #expect(row["text"] as? String == "# only a comment, no line end")
        }
    }

    /// Runs `adm profile edit` with a shell command as editor, which gets the file's name.
    private func edit(_ adm: AdmProcess, _ editor: String) async throws -> ChildProcess.Outcome {
        var adm = adm
        let temporary = adm.home + "/tmp"
        try FileManager.default.createDirectory(
            atPath: temporary,
            withIntermediateDirectories: true
        )
        adm.environment = ["ADM_EDITOR": editor, "EDITOR": "false", "TMPDIR": temporary]
        return try await adm.output(["profile", "edit"])
    }

    private func path(_ adm: AdmProcess) -> String {
        adm.admHome + "/workspaces/work/profile.toml"
    }

    private func read(_ adm: AdmProcess) throws -> String {
        try String(contentsOfFile: path(adm), encoding: .utf8)
    }

    private func write(_ adm: AdmProcess, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(adm)))
    }
}
