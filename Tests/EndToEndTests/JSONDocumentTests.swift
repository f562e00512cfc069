import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What the program prints with `--json` is what docs/schemas says.
@Suite struct JSONDocumentTests {
    private static let schemas = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "docs/schemas")

    /// Holds one document, or each of a list, against one of some schemas.
    private func check(_ json: Data, _ names: [String], _ command: String) throws {
        let parsed = try JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed)
        let documents = parsed as? [Any] ?? [parsed]
        for document in documents {
            let faults = try names.map { name in
                let file = Self.schemas.appending(path: "\(name).json")
                return try JSONSchemaCheck(Data(contentsOf: file)).faults(of: document)
            }
            let isValid = faults.contains { $0.isEmpty }
            #expect(isValid, "adm \(command): \(faults)")
        }
    }

    private func checkLines(_ text: String, _ name: String, _ command: String) throws {
        #expect(!text.isEmpty, "adm \(command)")
        for line in text.split(separator: "\n") { try check(Data(line.utf8), [name], command) }
    }

    @Test func `every command prints what its schema says`() async throws {
        let files = [TestFile("/a.bin", length: 10_000, seed: 1)]
        try await DownloadRig.run(files) { rig in
            let added = try await rig.ok(
                "add",
                "--json",
                "--tag",
                "t",
                rig.server.url("/a.bin"),
                rig.server.url("/missing")
            )
            try checkLines(added, "added-job", "add --json")
            let run = try await rig.adm.output([
                "run", "--until-empty", "--json",
            ])
            try checkLines(run.output, "event", "run --json")
            for (words, names) in Self.commands {
                let line = words.split(separator: " ").map(String.init) + ["--json"]
                let outcome = try await rig.adm.output(line)
                #expect(outcome.status == 0, "\(words): \(outcome.errorOutput)")
                try check(outcome.outputBytes, names, words)
            }
            try checkLines(try await rig.ok("events", "--since", "0", "--json"), "event", "events")
            let unknown = try await rig.adm.output(["show", "99", "--json"])
            try checkLines(unknown.errorOutput, "problem", "show 99")
        }
    }

    private static let commands: [(String, [String])] = [
        ("list --all", ["job", "unreadable-job"]), ("history", ["job"]), ("show 1", ["job-detail"]),
        ("show 2", ["job-detail"]), ("why 1", ["wait"]), ("stats", ["statistics"]),
        ("queue list --state failed", ["job"]), ("queue retry --all", ["queue-action"]),
        ("queue set 2 --priority 3", ["job"]), ("queue move 2 --first", ["job"]),
        ("why 2", ["wait"]), ("queue pause 2", ["queue-action"]), ("top --once", ["overview"]),
        ("queue cancel 2", ["queue-action"]), ("queue wait 1", ["job"]), ("rm 2", ["job"]),
        ("queue clear --yes", ["cleared-jobs"]), ("budget show", ["budget"]),
        ("budget set --slots 3 --rate 0", ["limits"]), ("ws create w", ["workspace"]),
        ("ws list", ["workspace"]), ("ws show w", ["workspace"]),
        ("ws set w --weight 2", ["share"]),
        ("ws use w", ["workspace-choice"]), ("profile set retries 2", ["setting"]),
        ("profile get header", ["setting"]), ("profile show", ["profile"]),
        ("profile validate", ["profile-check"]), ("config show", ["setting"]),
        ("auth list", ["credential"]), ("ws use default", ["workspace-choice"]),
        ("ws rm w --yes", ["removal"]), ("ws list --trash", ["trash"]),
        ("ws restore w", ["workspace"]),
    ]
}
