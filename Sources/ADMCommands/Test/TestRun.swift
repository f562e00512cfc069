import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

/// How one test file came out.
struct TestResult: Sendable {
    let title: String
    let bytes: Int64?
    let seconds: Double
    let detail: String
    let problem: String?

    /// The result as JSON shows it.
    var document: TestDocument {
        TestDocument(title: title, bytes: bytes, seconds: seconds, problem: problem)
    }
}

/// Downloads test files with the settings of the user into a temporary workspace.
struct TestRun: Sendable {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    /// Fetches the files one after the other and checks each.
    ///
    /// - Throws: ``Failure`` if the temporary workspace cannot be made.
    func run(_ subjects: [Subject]) async throws -> [TestResult] {
        let root =
            FileManager.default.temporaryDirectory.path + "/adm-test-\(UUID.random().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        var environment = context.environment
        environment["ADM_HOME"] = root
        environment["ADM_WORKSPACE"] = nil
        environment["ADM_PROFILE"] = nil
        let selection = try await context.selection()
        let home = try Home(environment: environment, logger: context.home.logger)
        let own = try await home.selection()
        for (from, to) in [
            (selection.layout.profile, own.layout.profile),
            (context.home.layout.configFile, home.layout.configFile),
        ] where FileManager.default.fileExists(atPath: from) {
            // What a link leads to must not be changed here.
            let text = try Data(contentsOf: URL(fileURLWithPath: from))
            try text.write(to: URL(fileURLWithPath: to))
        }
        // Files to try adm with do not wait until somebody resumes the workspace.
        try await home.unset("paused", in: own)
        let configuration = try await home.configuration(
            of: own,
            options: HomeOptions(
                overrides: ["directory": [root + "/downloads"], "retry-wait": ["200ms"]]
            )
        )
        return try await Home.run(in: configuration) { engine in
            var results: [TestResult] = []
            for subject in subjects { results.append(await check(subject, engine)) }
            return results
        }
    }

    private func check(_ subject: Subject, _ engine: Workspace) async -> TestResult {
        let clock = ContinuousClock()
        let begin = clock.now
        var bytes: Int64?
        var detail = ""
        var problem: String?
        do {
            let job = try await engine.add(JobRequest(url: try SourceURL(subject.url)))
            switch try await engine.wait(for: job.id) {
            case .succeeded(_, let completion):
                bytes = completion.totalBytes
                detail =
                    completion.verification.map {
                        "right, \($0.checksum.algorithm.rawValue) verified"
                    } ?? "right"
                problem = try fault(completion, subject)
                try FileManager.default.removeItem(atPath: completion.destinationPath)
            case .failed(_, let failure): problem = failure.message
            case .skipped, .paused, .cancelled: problem = "it was not fetched"
            }
        } catch { problem = (error as? Failure)?.message ?? "\(error)" }
        return TestResult(
            title: subject.title,
            bytes: bytes,
            seconds: begin.duration(to: clock.now) / .seconds(1),
            detail: detail,
            problem: problem
        )
    }

    private func fault(_ done: JobEvent.Completion, _ subject: Subject) throws -> String? {
        let name = URL(fileURLWithPath: done.destinationPath).lastPathComponent
        if let wanted = subject.fileName, wanted != name {
            return "saved as \(name) instead of \(wanted)"
        }
        if done.totalBytes != subject.length {
            return "\(done.totalBytes) bytes instead of \(subject.length)"
        }
        return try subject.check(done.destinationPath) ? nil : "the bytes are wrong"
    }
}
