import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Signals that the caller ignores, and signals while something is asked.
@Suite(.timeLimit(.minutes(2))) struct CallerSignalTests {
    /// Runs `adm` as a shell runs it that ignores a signal.
    private func command(
        _ rig: DownloadRig,
        ignoring name: String,
        _ arguments: [String]
    ) throws -> ChildProcess.Command {
        ChildProcess.Command(
            "/bin/sh",
            ["-c", "trap '' \(name); exec \"$0\" \"$@\"", try AdmProcess.executable()] + arguments,
            environment: rig.adm.variables
        )
    }

    @Test(arguments: ["HUP", "INT", "TERM"], ["download", "run"])
    func `a signal that the caller ignores stays ignored`(
        name: String,
        verb: String
    ) async throws {
        let number = name == "HUP" ? SIGHUP : name == "INT" ? SIGINT : SIGTERM
        let files = stallingFiles(1)
        try await DownloadRig.run(files) { rig in
            var arguments = ["download", "-d", rig.directory, rig.server.url("/f0.bin")]
            if verb == "run" {
                try await rig.enqueue(["/f0.bin"])
                arguments = ["run", "--until-empty"]
            }
            let command = try command(rig, ignoring: name, arguments)
            try await ChildProcess.run(command) { child in
                try await rig.server.waitUntilStalled(files, count: 1)
                child.send(number)
                try await rig.waitUntilKept()
                child.send(number)
                try await rig.server.heal(files)
                let outcome = try await child.wait()
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(!outcome.errorOutput.contains("stopping"))
            }
            #expect(try await rig.show().state == "succeeded")
        }
    }

    @Test func `if one signal is ignored, another one still stops`() async throws {
        let files = stallingFiles(1)
        try await DownloadRig.run(files) { rig in
            let line = ["download", "-d", rig.directory, rig.server.url("/f0.bin")]
            let command = try command(rig, ignoring: "HUP INT", line)
            try await ChildProcess.run(command) { child in
                try await rig.server.waitUntilStalled(files, count: 1)
                child.send(SIGINT)
                child.send(SIGTERM)
                #expect(try await child.wait().status == 143)
            }
        }
    }

    @Test func `an editor ignores what the caller ignores, and nothing else`() async throws {
        try await DownloadRig.run { rig in
            let editor = rig.adm.home + "/editor"
            let script = "#!/bin/sh\nsed -n s/^SigIgn:.//p /proc/$$/status > \(editor).ignored\n"
            try Data(script.utf8).write(to: URL(fileURLWithPath: editor))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: editor)
            var adm = rig.adm
            adm.environment["ADM_EDITOR"] = editor
            let own = DownloadRig(server: rig.server, adm: adm)
            let command = try command(own, ignoring: "HUP", ["profile", "edit"])
            #expect(try await ChildProcess.output(command).status == 0)
            let ignored = try String(contentsOfFile: editor + ".ignored", encoding: .utf8)
            let digits = ignored.trimmingCharacters(in: .whitespacesAndNewlines)
            let mask = try #require(UInt64(digits, radix: 16))
            let names = [SIGHUP, SIGINT, SIGQUIT, SIGXFSZ, SIGTERM]
            #expect(names.filter { mask >> UInt64($0 - 1) & 1 == 1 } == [SIGHUP])
        }
    }

    /// What is on a pseudo-terminal, as script(1) makes one, while `adm` asks there and afterwards.
    private func asking(
        _ script: String,
        _ body: (ChildProcess, String) async throws -> Void
    ) async throws {
        try await AdmProcess.withHome { adm in
            var command = try adm.command([], input: .open)
            let login = "'\(command.executable)' auth login h.example --user u --store file"
            let mark = adm.home + "/go"
            let text = script.replacingOccurrences(of: "LOGIN", with: login)
                .replacingOccurrences(of: "MARK", with: mark)
            command.arguments = [
                "-qec", text + "; echo status $?; stty -a; echo end of modes", "/dev/null",
            ]
            command.executable = "/usr/bin/script"
            try await ChildProcess.run(command) { child in
                try await child.waitForOutput(containing: "Password for")
                try await body(child, mark)
                // The mode is that of a terminal that nobody changed.
                try await child.waitForOutput(containing: "end of modes")
                let modes = child.output.split(whereSeparator: \.isWhitespace)
                for mode in ["echo", "icanon", "isig"] {
                    #expect(modes.contains { $0 == mode }, "\(child.output)")
                }
            }
        }
    }

    @Test(arguments: [("TERM", 143), ("HUP", 129), ("USR1", 138)])
    func `a signal at a question gives the terminal back`(name: String, status: Int) async throws {
        let script = """
            exec 3<&0; LOGIN <&3 & p=$!; while [ ! -e MARK ]; do sleep 0.05; done; kill -\(name) $p; wait $p
            """
        try await asking(script) { child, mark in
            try Data().write(to: URL(fileURLWithPath: mark))
            try await child.waitForOutput(containing: "status \(status)")
        }
    }

    @Test func `Ctrl-C at a question ends as every Ctrl-C does`() async throws {
        try await asking("trap : INT; LOGIN") { child, _ in
            try child.write("\u{3}")
            try await child.waitForOutput(containing: "status 130")
        }
    }
}
