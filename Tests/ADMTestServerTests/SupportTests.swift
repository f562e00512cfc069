import ADMModel
import ADMTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct SupportTests {
    private func shell(
        _ script: String,
        input: ChildProcess.Input = .none
    ) -> ChildProcess.Command {
        ChildProcess.Command("/bin/sh", ["-c", script], input: input)
    }

    @Test func `a temporary directory goes with all it holds`() async throws {
        let path = try await withTemporaryDirectory { path in
            let inner = path + "/a/b"
            try FileManager.default.createDirectory(
                atPath: inner,
                withIntermediateDirectories: true
            )
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: inner)
            return path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a program's outputs and status are kept apart`() async throws {
        let outcome = try await ChildProcess.output(shell("echo out; echo err >&2; exit 7"))
        #expect(outcome.output == "out\n")
        #expect(outcome.errorOutput == "err\n")
        #expect(outcome.termination == .exited(7))
    }

    @Test func `a program with much to say does not block`() async throws {
        let script = "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"
        let outcome = try await ChildProcess.output(shell(script))
        #expect(outcome.outputBytes.count == 3_000_000)
        #expect(outcome.errorBytes.count == 3_000_000)
    }

    @Test func `a program gets its input and nothing of our environment`() async throws {
        let copied = try await ChildProcess.output(shell("cat", input: .text("some\ntext")))
        #expect(copied.output == "some\ntext")
        let environment = try await ChildProcess.output(
            ChildProcess.Command("/usr/bin/env", environment: ["ONE": "1"])
        )
        #expect(environment.output == "ONE=1\n")
    }

    @Test func `a signal reaches a program and ends it`() async throws {
        for signal in [SIGTERM, SIGKILL] {
            try await ChildProcess.run(shell("echo ready; exec cat", input: .open)) {
                try await $0.waitForOutput(containing: "ready")
                $0.send(signal)
                #expect(try await $0.wait().termination == .signalled(signal))
                $0.send(signal)
            }
        }
    }

    @Test func `an open input is read line by line`() async throws {
        let script = "while read -r line; do echo \"got $line\"; done"
        try await ChildProcess.run(shell(script, input: .open)) {
            try $0.write("one\n")
            try await $0.waitForOutput(containing: "got one")
            try $0.write("two\n")
            try await $0.waitForOutput(containing: "got two")
            try $0.closeInput()
            #expect(try await $0.wait().status == 0)
        }
    }

    @Test func `output that never comes is an error`() async throws {
        try await ChildProcess.run(shell("echo other")) { child async throws in
            await #expect(throws: NeverHappened.self) {
                try await child.waitForOutput(containing: "awaited")
            }
        }
    }

    @Test func `a program is gone when its scope ends`() async throws {
        let id = try await ChildProcess.run(shell("echo ready; read -r line", input: .open)) {
            try await $0.waitForOutput(containing: "ready")
            return $0.id
        }
        #expect(kill(id, 0) == -1)
    }

    @Test func `a program that is not there is a failure that names it`() async throws {
        await #expect {
            _ = try await ChildProcess.output(ChildProcess.Command("/nonexistent/program"))
        } throws: {
            ($0 as? Failure)?.message.contains("/nonexistent/program") == true
        }
    }

    @Test func `adm gets a clean environment`() {
        let adm = AdmProcess(home: "/h", environment: ["LANG": "C", "ADM_X": "1"])
        let expected = ["HOME": "/h", "ADM_HOME": "/h/.adm", "LANG": "C", "ADM_X": "1"]
        let inherited: Set = ["PATH", "LLVM_PROFILE_FILE"]
        #expect(adm.variables.filter { !inherited.contains($0.key) } == expected)
        #expect(adm.variables["PATH"] != nil)
    }

    @Test func `the adm that was built is found`() throws {
        let command = try AdmProcess(home: "/h").command(["list"])
        #expect(command.executable.hasSuffix("/adm"))
        #expect(FileManager.default.isExecutableFile(atPath: command.executable))
        #expect(command.directory == "/h")
    }

    @Test func `an element that is awaited is found or its absence reported`() async throws {
        let numbers = AsyncStream(Int.self) { continuation in
            for number in 1...3 { continuation.yield(number) }
            continuation.finish()
        }
        #expect(try await eventually(numbers) { $0 == 2 } == 2)
        await #expect(throws: NeverHappened.self) { try await eventually(numbers) { $0 == 9 } }
    }
}
