import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The passphrase of encrypted secrets is asked for when one of them is needed.
@Suite(.timeLimit(.minutes(2))) struct PassphraseTests {
    /// Runs `adm` on a pseudo-terminal, as script(1) makes one.
    private func onTerminal(
        _ rig: DownloadRig,
        _ arguments: [String],
        _ body: (ChildProcess) async throws -> Void
    ) async throws -> ChildProcess.Outcome {
        var command = try rig.adm.command([], input: .open)
        let words = [command.executable] + arguments
        command.arguments = ["-qec", words.map { "'\($0)'" }.joined(separator: " "), "/dev/null"]
        command.executable = "/usr/bin/script"
        command.environment["TERM"] = "xterm"
        return try await ChildProcess.run(command) { child in
            try await body(child)
            return try await child.wait()
        }
    }

    /// Answers questions in their order.
    private func answer(_ child: ChildProcess, _ answers: [(String, String)]) async throws {
        for (question, answer) in answers {
            try await child.waitForOutput(containing: question)
            try child.write(answer + "\n")
        }
    }

    @Test func `a run asks for it when a job needs a secret, and not before`() async throws {
        let login = DownloadRig.basic("alice", "wonder")
        let guarded = DownloadRig.guarded("/guarded.bin", "Authorization", login)
        let open = TestFile("/open.bin", length: 3000, seed: 2)
        try await DownloadRig.run([guarded], environment: ["ADM_CREDENTIAL_STORE": "file"]) { rig in
            let kept = try await onTerminal(
                rig,
                ["auth", "login", rig.server.url("/guarded.bin"), "--user", "alice"]
            ) {
                try await answer(
                    $0,
                    [
                        ("Password for", "wonder"), ("New passphrase", "secret"),
                        ("The same passphrase again", "secret"),
                    ]
                )
            }
            #expect(kept.status == 0, "\(kept.output)")
            try await FaultyServer.run(files: [open]) { other in
                let urls = [other.url("/open.bin")]
                for verb in [["add"], ["run", "--until-empty"], ["download"]] {
                    let outcome = try await onTerminal(rig, verb + (verb[0] == "run" ? [] : urls)) {
                        _ in
                    }
                    #expect(outcome.status == 0, "\(outcome.output)")
                    #expect(!outcome.output.contains("Passphrase"), "\(outcome.output)")
                }
            }
            try await rig.enqueue(["/guarded.bin"])
            let without = try await onTerminal(rig, ["run", "--until-empty"]) {
                try await answer($0, [("Passphrase of the workspace default", "")])
            }
            #expect(without.output.contains("no passphrase was given"), "\(without.output)")
            try await rig.ok("queue", "resume", "--all")
            let asked = try await onTerminal(rig, ["run", "--until-empty"]) {
                try await answer($0, [("Passphrase of the workspace default", "secret")])
            }
            #expect(asked.status == 0, "\(asked.output)")
            #expect(try rig.isRight("default/guarded.bin", "/guarded.bin"))
            #expect(!asked.output.contains("secret"))
            // A signal ends a run that waits for an answer, and the job waits for the next one.
            try await rig.ok("queue", "retry", "--force", "--state", "succeeded")
            let stopped = try await onTerminal(rig, ["run", "--until-empty"]) { child in
                try await child.waitForOutput(containing: "Passphrase of the workspace default")
                try child.write("\u{3}")
            }
            #expect(stopped.status == 130, "\(stopped.output)")
            #expect(try await rig.states().values.contains("ready"))
        }
    }
}
