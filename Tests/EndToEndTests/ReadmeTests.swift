import ADMTestSupport
import Foundation
import Testing

/// The tour of the README gives what the README shows.
@Suite struct ReadmeTests {
    private struct Step {
        let command: String
        var output: [String]
    }

    @Test func `every command of the tour prints what the README shows`() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let readme = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
        let steps = tour(of: readme)
        #expect(steps.count >= 10)
        try await AdmProcess.withHome { adm in
            try await serve(root) { port in
                for step in steps where !isSetUp(step) {
                    let command = step.command.replacing("8017", with: "\(port)")
                    let outcome = try await run(command, in: root, adm)
                    let shown = outcome.replacing(":\(port)", with: ":8017")
                    #expect(
                        normal(shown, home: adm.home)
                            == normal(step.output.joined(separator: "\n"), home: "/home/you"),
                        "\(step.command)"
                    )
                }
            }
        }
    }

    /// The commands of the section with the lines that follow each.
    private func tour(of readme: String) -> [Step] {
        var steps: [Step] = []
        var isInside = false
        var isTour = false
        for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { isTour = line.hasPrefix("## Two minutes") }
            if line.hasPrefix("```") { isInside = line == "```console" }
            guard isTour, isInside, !line.hasPrefix("```") else { continue }
            if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2)), output: []))
            } else if !steps.isEmpty {
                steps[steps.count - 1].output.append(String(line))
            }
        }
        return steps
    }

    private func isSetUp(_ step: Step) -> Bool {
        step.command.hasPrefix("export PATH") || step.command.hasPrefix("python3 -m http.server")
    }

    /// Runs the server of the tour on a free port.
    private func serve(_ root: String, body: (Int) async throws -> Void) async throws {
        let script = """
            from functools import partial
            from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
            handler = partial(SimpleHTTPRequestHandler, directory=\"\(root)\")
            server = ThreadingHTTPServer((\"127.0.0.1\", 0), handler)
            print(\"port\", server.server_port, flush=True)
            server.serve_forever()
            """
        let command = ChildProcess.Command("/usr/bin/env", ["python3", "-c", script])
        try await ChildProcess.run(withPath(command)) { child in
            try await child.waitForOutput(containing: "\n")
            let port = try #require(Int(child.output.split(separator: " ").last?.trimmed ?? ""))
            try await body(port)
            child.kill()
        }
    }

    private func run(_ command: String, in root: String, _ adm: AdmProcess) async throws -> String {
        let folder = URL(fileURLWithPath: try AdmProcess.executable()).deletingLastPathComponent()
        let shell = ChildProcess.Command(
            "/usr/bin/env",
            ["bash", "-c", "{ \(command); } 2>&1"],
            environment: [
                "PATH": "\(folder.path):/usr/local/bin:/usr/bin:/bin", "HOME": adm.home,
                "LANG": "C.UTF-8", "ADM_PROGRESS": "none",
            ],
            directory: root
        )
        return try await ChildProcess.output(shell).output
    }

    private func withPath(_ command: ChildProcess.Command) -> ChildProcess.Command {
        var command = command
        let own = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        command.environment = ["PATH": own]
        return command
    }

    private func isHead(_ line: String) -> Bool {
        line.allSatisfy { $0.isUppercase || $0 == " " } && line.contains(" ")
    }

    /// The text without what differs from run to run: times, speeds, dates, identifiers, column widths, and the heads of tables.
    ///
    /// The README shows a terminal, and here is none: a table has neither heads nor columns of one width.
    private func normal(_ text: String, home: String) -> [String] {
        text.replacing(home, with: "HOME")
            .replacing(/\b[0-9A-HJKMNP-TV-Z]{26}\b/, with: "ID")
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "DATE")
            .replacing(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/, with: "DATE")
            .replacing(/[\d.]+ [KMG]?i?B\/s/, with: "SPEED")
            .replacing(/\b[\d.]+m?s\b/, with: "TIME")
            .replacing(#/[ \t]+/#, with: " ")
            .split(separator: "\n")
            .map { String($0).trimmed }
            .filter { !$0.isEmpty && !isHead($0) }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
