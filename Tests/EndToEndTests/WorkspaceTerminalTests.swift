import ADMTestSupport
import Foundation
import Testing

/// What `adm` says and asks on a terminal, and what it does if nobody listens.
@Suite struct WorkspaceTerminalTests {
    @Test(arguments: [("work\n", Int32(0)), ("wrok\n", 15), ("\n", 15)])
    func `on a terminal rm asks for the name`(_ answer: String, _ status: Int32) async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            let result = try await onTerminal(adm, "ws rm work", input: answer)
            #expect(result.output.contains("type its name"))
            #expect(result.status == status)
            let left = try await adm.jsonList(["ws", "list", "--json"])
            #expect(left.count == (status == 0 ? 0 : 1))
        }
    }

    @Test func `with --no-input a terminal is not asked either`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            let result = try await onTerminal(adm, "--no-input ws rm work", input: "work\n")
            #expect(result.status == 2)
            #expect(result.output.contains("--yes"))
        }
    }

    @Test func `adm alone says how to begin`() async throws {
        try await AdmProcess.withHome { adm async throws in
            let result = try await adm.succeed([])
            #expect(result.output.contains("adm download URL"))
            #expect(result.errorOutput.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: adm.admHome))
        }
    }

    @Test(arguments: [
        ["--help"], ["--version"], ["help", "ws", "create"], ["ws"], ["ws", "rm", "-h"],
    ])
    func `help and version go to standard output with 0`(_ arguments: [String]) async throws {
        try await AdmProcess.withHome { adm async throws in
            let result = try await adm.succeed(arguments)
            #expect(!result.output.isEmpty)
            #expect(result.errorOutput.isEmpty)
        }
    }

    @Test(arguments: ["| true", ">&-", ">&- 2>&- <&-"])
    func `K3 output that nobody reads is success`(_ redirection: String) async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work"])
            var command = try adm.command([])
            let binary = command.executable
            command.executable = "/bin/bash"
            command.arguments = [
                "-c", "set -o pipefail; '\(binary)' ws list --json \(redirection)",
            ]
            #expect(try await ChildProcess.output(command).status == 0)
        }
    }

    @Test func `D12 without a usable home the error names it`() async throws {
        try await AdmProcess.withHome { adm async throws in
            var homeless = adm
            homeless.environment = ["HOME": adm.home + "/none", "ADM_HOME": ""]
            let missing = try await homeless.output(["ws", "list"])
            #expect(missing.status == 9)
            #expect(missing.errorOutput.contains("HOME is not a directory"))
            homeless.environment = ["ADM_HOME": "/proc/self/adm"]
            let blocked = try await homeless.output(["ws", "create", "work"])
            #expect(blocked.status == 9)
            #expect(blocked.errorOutput.contains("/proc/self/adm"))
            #expect(blocked.errorOutput.contains("cause: "))
        }
    }

    /// Runs `adm` on a pseudo-terminal, as script(1) makes one.
    private func onTerminal(
        _ adm: AdmProcess,
        _ arguments: String,
        input: String
    ) async throws -> ChildProcess.Outcome {
        var command = try adm.command([], input: .text(input))
        command.arguments = ["-qec", "'\(command.executable)' \(arguments)", "/dev/null"]
        command.executable = "/usr/bin/script"
        return try await ChildProcess.output(command)
    }
}
