import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Host names with several addresses, and with none.
@Suite(
    .enabled(if: NetworkSpace.isAllowed, "networks may not be made here"),
    .timeLimit(.minutes(1))
)
struct NameTests {
    /// Runs adm beside a web server that listens on 127.0.0.1 port 8017.
    private func run(
        _ arguments: String,
        in home: String,
        hosts: String
    ) async throws -> ChildProcess.Outcome {
        let adm = try AdmProcess.executable()
        let script = """
            cd \(home)
            python3 -m http.server 8017 --bind 127.0.0.1 --directory \(home)/files >/dev/null 2>&1 &
            server=$!
            trap 'kill $server' EXIT
            until python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8017))' 2>/dev/null
            do :; done
            HOME=\(home) ADM_HOME=\(home)/adm \(adm) download -d \(home)/d \(arguments)
            """
        return try await ChildProcess.output(
            try NetworkSpace.command(script, hosts: hosts, directory: home)
        )
    }

    @Test func `an address that does not answer holds up no other one of the name`() async throws {
        try await withTemporaryDirectory { home in
            let body = TestBody(seed: 5, length: 300_000)
            try FileManager.default.createDirectory(
                atPath: home + "/files",
                withIntermediateDirectories: false
            )
            try body.write(to: home + "/files/a.bin")
            // RFC 8305: the next address is tried long before the first one is given up.
            let outcome = try await run(
                "--connect-timeout 20s --total-timeout 15s --retries 0 http://both.test:8017/a.bin",
                in: home,
                hosts: "fd00::1 both.test\n127.0.0.1 both.test\n"
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try body.matches(file: home + "/d/a.bin"))
        }
    }

    @Test func `a name that does not resolve is asked for again`() async throws {
        try await withTemporaryDirectory { home in
            let outcome = try await run(
                "--retries 2 --retry-wait 20ms --progress plain http://none.test:8017/a.bin",
                in: home,
                hosts: "127.0.0.1 localhost\n"
            )
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("none.test does not resolve"))
            #expect(outcome.errorOutput.contains("retry 2 of 2"), "\(outcome.errorOutput)")
        }
    }
}
