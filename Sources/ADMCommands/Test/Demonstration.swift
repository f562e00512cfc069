import ADMEngine
import ADMModel
import ADMTestServer
import ArgumentParser

/// Downloads one large file from adm's own server into the workspace `demo`, as a first sight.
struct Demonstration: Sendable {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    /// Makes the workspace if it is missing, and downloads with progress.
    ///
    /// - Throws: ``Failure``; `ExitCode` if the file did not arrive right.
    func run() async throws {
        let name = try WorkspaceName("demo")
        if await !context.home.exists(name) {
            try await context.home.create(name)
            context.note("made the workspace demo")
        }
        let demo = try await context.home.selection(of: name)
        guard let item = Catalogue.items.max(by: { $0.length < $1.length }) else { return }
        let run = try await ForegroundRun(
            context,
            in: demo,
            flags: ["if-exists": ["overwrite"]],
            printsPaths: false
        )
        try await TestServer.run(files: [item.file]) { server in
            let request = JobRequest(url: try SourceURL(server.url(item.target)))
            context.note("fetching \(request.url) from a server of adm's own")
            try await run.execute { await $0.add([request]) }
        }
    }
}
