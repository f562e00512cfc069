import ADMTestSupport
import Foundation
import Testing

/// `adm ws`, as a person or a script uses it.
@Suite struct WorkspaceVerbTests {
    @Test func `create, use, list and show agree about the current one`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--template", "metered"])
            let created = try await adm.json(["ws", "create", "home", "--use", "--json"])
            #expect(created["name"] as? String == "home")
            #expect(created["current"] as? Bool == true)
            let list = try await adm.jsonList(["ws", "list", "--json"])
            #expect(list.map { $0["name"] as? String } == ["home", "work"])
            #expect(list.map { $0["current"] as? Bool } == [true, false])
            let text = try await adm.succeed(["workspace", "list"])
            #expect(text.output.contains("*\thome\t"))
            let shown = try await adm.succeed(["ws", "show"])
            #expect(shown.output.contains("home"))
            #expect(shown.output.contains("adm ws use"))
        }
    }

    @Test(arguments: [
        ["--workspace", "work", "ws", "show"], ["ws", "--workspace=work", "show"],
        ["ws", "show", "-w", "work"], ["-p", "work", "ws", "show"],
        ["ws", "show", "--profile", "work"],
        ["-wwork", "ws", "show"], ["-w", "work", "ws", "show", "-w", "work"],
        ["ws", "-p", "work", "show", "-w", "work"],
    ])
    func `the global options work before, inside and after the verb`(
        _ arguments: [String]
    ) async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            let shown = try await adm.json(arguments + ["--json"])
            #expect(shown["name"] as? String == "work")
            #expect(shown["current"] as? Bool == true)
        }
    }

    @Test(arguments: [
        ["-w", "a", "-p", "b", "ws", "show"], ["-w", "a", "ws", "show", "-w", "b"],
        ["--color", "never", "ws", "list", "--color", "always"], ["ws", "list", "--color", "red"],
        ["ws", "create"], ["ws", "create", "A"], ["ws", "create", "../x"], ["ws", "create", "all"],
        ["ws", "lst"], ["--nonsense"],
    ])
    func `what contradicts itself or cannot be understood ends with 2`(
        _ arguments: [String]
    ) async throws {
        try await AdmProcess.withHome { adm async throws in
            let result = try await adm.output(arguments)
            #expect(result.status == 2)
            #expect(result.errorOutput.hasPrefix("adm: "))
            #expect(result.output.isEmpty)
        }
    }

    @Test func `a name that does not exist ends with 3 and the nearest name`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            for arguments in [["-w", "wrk", "profile", "show"], ["ws", "use", "wrk"]] {
                let result = try await adm.output(arguments)
                #expect(result.status == 3)
                #expect(result.errorOutput.contains("hint: did you mean work?"))
            }
            let json = try await adm.output(["-w", "wrk", "profile", "show", "--json"])
            #expect(json.status == 3)
            let error = try JSONSerialization.jsonObject(with: json.errorBytes) as? [String: Any]
            #expect(error?["code"] as? String == "workspace-not-found")
            #expect(error?["exit"] as? Int == 3)
            #expect(error?["hint"] as? String == "did you mean work?")
        }
    }

    @Test func `use warns if a variable still wins, and - goes back`() async throws {
        try await AdmProcess.withHome { adm async throws in
            for name in ["a", "b"] { try await adm.succeed(["ws", "create", name]) }
            try await adm.succeed(["ws", "use", "a"])
            var other = adm
            other.environment["ADM_PROFILE"] = "a"
            let use = try await other.succeed(["ws", "use", "b"])
            #expect(use.errorOutput.contains("ADM_PROFILE=a"))
            let quiet = try await adm.succeed(["ws", "use", "-"])
            #expect(!quiet.errorOutput.contains("ADM_PROFILE"))
            #expect(try await adm.json(["ws", "show", "--json"])["name"] as? String == "a")
        }
    }

    @Test func `rm needs --yes without a terminal, and restore brings back`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            let id = try await adm.json(["ws", "show", "work", "--json"])["id"] as? String
            let refused = try await adm.output(["ws", "rm", "work"])
            #expect(refused.status == 2)
            #expect(refused.errorOutput.contains("--yes"))
            let removed = try await adm.json(["ws", "rm", "work", "--yes", "--json"])
            #expect(removed["id"] as? String == id)
            #expect(try await adm.jsonList(["ws", "list", "--json"]).isEmpty)
            #expect(try await adm.jsonList(["ws", "list", "--trash", "--json"]).count == 1)
            try await adm.succeed(["ws", "restore", "work"])
            #expect(try await adm.json(["ws", "show", "work", "--json"])["id"] as? String == id)
        }
    }

    @Test func `rm refuses the current one and default with 10`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            for name in ["work", "default"] {
                #expect(try await adm.output(["ws", "rm", name, "--yes"]).status == 10)
            }
        }
    }

    @Test func `rename keeps the identity and the choice`() async throws {
        try await AdmProcess.withHome { adm async throws in
            let before = try await adm.json(["ws", "create", "work", "--use", "--json"])
            try await adm.succeed(["ws", "rename", "work", "acme"])
            let after = try await adm.json(["ws", "show", "--json"])
            #expect(after["name"] as? String == "acme")
            #expect(after["id"] as? String == before["id"] as? String)
        }
    }

    @Test func `a broken workspace is listed and disturbs no other`() async throws {
        try await AdmProcess.withHome { adm async throws in
            for name in ["bad", "good"] { try await adm.succeed(["ws", "create", name]) }
            let profile = adm.admHome + "/workspaces/bad/profile.toml"
            try Data("retrys = 3\n".utf8).write(to: URL(fileURLWithPath: profile))
            let list = try await adm.succeed(["ws", "list"])
            #expect(list.output.contains("profile.toml:1:1"))
            #expect(list.output.contains("/Downloads/adm/good"))
            try await adm.succeed(["-w", "good", "profile", "validate"])
            let bad = try await adm.output(["-w", "bad", "profile", "validate"])
            #expect(bad.status == 2)
            #expect(bad.errorOutput.contains("hint: did you mean retries?"))
        }
    }

    @Test func `a directory is taken from where the command runs`() async throws {
        try await AdmProcess.withHome { adm async throws in
            let made = try await adm.json(["ws", "create", "work", "--dir", "isos", "--json"])
            #expect(made["directory"] as? String == adm.home + "/isos")
            let home = try await adm.json(["ws", "create", "home", "-d", "~/isos", "--json"])
            #expect(home["directory"] as? String == adm.home + "/isos")
        }
    }
}

extension AdmProcess {
    /// Runs a command that must end with status 0.
    @discardableResult
    func succeed(
        _ arguments: [String],
        input: ChildProcess.Input = .none,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ChildProcess.Outcome {
        let result = try await output(arguments, input: input)
        #expect(
            result.status == 0,
            "adm \(arguments.joined(separator: " ")): \(result.errorOutput)",
            sourceLocation: sourceLocation
        )
        return result
    }

    /// The JSON object that a command prints.
    func json(_ arguments: [String]) async throws -> [String: Any] {
        let bytes = try await succeed(arguments).outputBytes
        return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }

    /// The JSON list of objects that a command prints.
    func jsonList(_ arguments: [String]) async throws -> [[String: Any]] {
        let bytes = try await succeed(arguments).outputBytes
        return try #require(try JSONSerialization.jsonObject(with: bytes) as? [[String: Any]])
    }
}
