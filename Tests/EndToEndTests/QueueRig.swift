import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation

extension DownloadRig {
    /// Runs `adm` and expects it to succeed; its standard output.
    @discardableResult
    func ok(_ arguments: String...) async throws -> String {
        let outcome = try await adm.output(arguments)
        guard outcome.status == 0 else {
            throw Failure(
                .unclassified,
                "adm \(arguments.joined(separator: " ")) ended with \(outcome.status)",
                cause: outcome.errorOutput
            )
        }
        return outcome.output
    }

    /// Puts paths into the queue of a workspace, to be saved into ``directory``.
    func enqueue(
        _ paths: [String],
        in workspace: String = "default",
        _ options: String...
    )
        async throws
    {
        let urls = paths.map { server.url($0) }
        let arguments =
            ["add", "-w", workspace, "-d", directory + "/" + workspace] + options + urls
        let outcome = try await adm.output(arguments)
        guard outcome.status == 0 else {
            throw Failure(.unclassified, "adm add failed", cause: outcome.errorOutput)
        }
    }

    /// What `adm list --all --json` says about the jobs of a workspace, by number.
    func states(in workspace: String = "default") async throws -> [Int: String] {
        let outcome = try await adm.output([
            "list", "--all", "--json", "--limit", "100000", "-w", workspace,
        ])
        guard outcome.status == 0 else {
            throw Failure(.unclassified, "adm list failed", cause: outcome.errorOutput)
        }
        let jobs = try JSONDecoder().decode([ListedJob].self, from: outcome.outputBytes)
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0.number, $0.state) })
    }

    /// What `adm budget --json` says.
    func budget() async throws -> BudgetReport {
        let text = try await ok("budget", "show", "--json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(BudgetReport.self, from: Data(text.utf8))
    }

    /// Runs `adm run` for as long as `body` runs.
    @discardableResult
    func running<Result>(
        _ options: String...,
        body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await adm.run(["run", "--progress", "none"] + options, body: body)
    }

    /// Why a job waits.
    func why(_ job: Int, in workspace: String = "default") async throws -> WaitReport {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(
                text,
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
        }
        let text = try await ok("why", "\(job)", "-w", workspace, "--json")
        return try decoder.decode(WaitReport.self, from: Data(text.utf8))
    }
}

/// Files that fall silent after some bytes, until the server resumes them.
func stallingFiles(_ count: Int, prefix: String = "f", length: Int64 = 2_097_152) -> [TestFile] {
    var behaviour = Behaviour()
    behaviour.interruptions = [.stall(after: 300_000)]
    return (0..<count).map {
        TestFile("/\(prefix)\($0).bin", length: length, seed: UInt64($0 + 1), behaviour)
    }
}

extension FaultyServer {
    /// Lets all silent answers continue, and all further ones be complete; returns when those that began
    /// before have ended.
    func heal(_ files: [TestFile]) async throws {
        for file in files { update(file.path) { $0.behaviour.interruptions = [] } }
        let paths = Set(files.map(\.path))
        let open = log.requests.filter { paths.contains($0.path) && $0.ending == nil }.map(\.id)
        while true {
            // One that began before may fall silent only now.
            release()
            if log.requests.filter({ open.contains($0.id) }).allSatisfy({ $0.ending != nil }) {
                return
            }
            try await waitUntil { log in
                let left = log.requests.filter { open.contains($0.id) }
                return left.allSatisfy { $0.ending != nil } || left.contains(where: \.isStalled)
            }
        }
    }

    /// How many answers with bytes of some files have fallen silent now.
    func stalled(_ files: [TestFile]) -> Int {
        let log = log
        return files.reduce(0) { $0 + log.stalled(path: $1.path) }
    }

    /// Waits until this many answers have fallen silent.
    func waitUntilStalled(_ files: [TestFile], count: Int) async throws {
        try await waitUntil { log in
            files.reduce(0) { $0 + log.stalled(path: $1.path) } == count
        }
    }
}
