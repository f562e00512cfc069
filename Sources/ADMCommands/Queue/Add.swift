import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm add`: puts jobs into the queue and does not wait for them.
struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Put downloads into the queue, to be run by 'adm run'.",
        usage: "adm add URL… | - [--json-lines] | batch FILE | --metalink FILE|URL [OPTIONS]",
        discussion: """
            With - the URLs come from standard input, one a line, with options after tabs as in \
            'adm download batch'; 'batch' and a file read that file. With --json-lines each line is \
            an object with url and, if wanted, \(JobBody.optionalNames). \
            Lines are added as they come, some thousands at a time; a bad line is reported with its \
            number and the others are added.

            Prints the number of each job, or with --json an object a line. What is in the queue already \
            is not added again.

            EXAMPLES:
              adm add https://example.org/a.iso https://example.org/b.iso
              adm add --at 22:00 --priority 5 --tag night https://example.org/big.iso
              adm add --after 12 https://example.org/part-2.iso
              generate-urls | adm add -
            """
    )

    @Argument(help: ArgumentHelp("What to fetch; - reads standard input.", valueName: "url"))
    var urls: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Add the URLs in this file.", valueName: "file"),
        completion: .file()
    )
    var inputFile: String?

    @OptionGroup var source: MetalinkOption

    @Flag(name: .long, help: "Each line of the list is a JSON object.")
    var jsonLines = false

    @OptionGroup var options: DownloadOptions
    @OptionGroup var queueOptions: QueueOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        try source.validate(urls + [inputFile].compactMap(\.self))
    }

    func run() async throws {
        let context = try CommandContext(global)
        let sources = try RequestedSources(urls, inputFile: inputFile, verb: "adm add")
        if case .urls(let urls) = sources { try check(urls) }
        let configuration = try await context.authConfiguration()
        let headers = try HeaderFile.fields(options.header, context)
        try await Home.run(in: configuration) { engine in
            var adding = Adding(engine, context)
            let place = try await place(engine)
            var credentials = URLCredentials(configuration.settings.credentials)
            if let metalink = source.metalink {
                let results = try await source.requests(
                    metalink,
                    engine,
                    options: options,
                    headers: headers
                )
                try await adding.add(results, place: place)
                return try adding.finish()
            }
            switch sources {
            case .list(let path):
                try await adding.addLines(self, path, credentials, place: place, headers: headers)
            case .urls(let urls):
                for (index, url) in urls.enumerated() {
                    let draft: JobDraft
                    do throws(Failure) {
                        draft = place.draft(
                            try options.request(for: try credentials.clean(url), headers: headers)
                        )
                        try await adding.keep(credentials.takePending())
                    } catch {
                        guard urls.count > 1 else { throw error }
                        adding.refuse(error, "argument \(index + 1)")
                        continue
                    }
                    try await adding.add(draft)
                }
            }
            try adding.finish()
        }
    }

    private func check(_ urls: [String]) throws(Failure) {
        guard !jsonLines else {
            throw Failure(.usage, "--json-lines goes with a list", hint: "adm add - --json-lines")
        }
        guard options.filename == nil || urls.count <= 1 else {
            throw Failure(.usage, "--filename names one file, and \(urls.count) URLs are given")
        }
    }

    private func place(_ engine: Workspace) async throws -> QueuePlace {
        var place = QueuePlace(tags: queueOptions.tag, isUnique: queueOptions.unique)
        if let name = queueOptions.after { place.after = try await engine.job(name).number }
        if let text = queueOptions.at { place.runAt = try TimeParser.parse(text, option: "--at") }
        return place
    }
}

/// Requests on their way into the queue, and what became of them.
private struct Adding {
    /// How many requests go into one transaction.
    private static let batchSize = 8_000

    private let queue: WorkspaceQueue
    private let credentials: WorkspaceCredentials
    private let context: CommandContext
    private var added = 0
    private var known = 0
    private var bad = 0
    private var firstFailure: Failure?

    init(_ engine: Workspace, _ context: CommandContext) {
        queue = engine.queue
        credentials = engine.credentials
        self.context = context
    }

    /// Adds the draft of an argument.
    ///
    /// - Throws: ``Failure`` as `WorkspaceQueue.add` does.
    mutating func add(_ draft: JobDraft) async throws(Failure) {
        show(try await queue.add([draft]))
    }

    /// Adds the files of a Metalink; one that cannot be fetched is reported, and the others are still fetched.
    mutating func add(
        _ results: [Result<JobRequest, Failure>],
        place: QueuePlace
    ) async throws {
        var good: [RequestSource.Placed] = []
        for (index, result) in results.enumerated() {
            switch result {
            case .success(let request):
                good.append(
                    RequestSource.Placed(draft: place.draft(request), place: "file \(index + 1)")
                )
            case .failure(let failure): refuse(failure, "file \(index + 1)")
            }
        }
        try await add(good)
    }

    /// Adds drafts, shows at once what was added, and reports each draft that could not be.
    ///
    /// - Throws: ``Failure`` of the workspace, after which nothing more can be added; `CancellationError`.
    private mutating func add(_ drafts: [RequestSource.Placed]) async throws {
        var rest = drafts[...]
        try await queue.add(each: drafts.map(\.draft)) { results in
            for (draft, result) in zip(rest, results) {
                guard case .failure(let failure) = result else { continue }
                guard failure.code.concernsOneJob else { throw failure }
                refuse(failure, draft.place)
            }
            rest = rest.dropFirst(results.count)
            show(results.compactMap { try? $0.get() })
        }
    }

    private mutating func show(_ jobs: [QueuedJob]) {
        guard !jobs.isEmpty else { return }
        var text = ""
        for job in jobs {
            added += job.isNew ? 1 : 0
            known += job.isNew ? 0 : 1
            if context.isJSON {
                text += JSONWriter.line(AddedJobDocument(job)) + "\n"
            } else {
                text += "\(job.number)\n"
            }
        }
        context.say(text, terminator: "")
    }

    /// Keeps user names and passwords that stood in URLs.
    func keep(_ logins: [Login]) async throws(Failure) {
        for login in logins {
            let kept = try await credentials.keep(login)
            for (text, hint) in kept.warnings(login) { context.warn(text, hint: hint) }
        }
    }

    /// Reads lines and adds them; the next ones are read while the last ones are written.
    mutating func addLines(
        _ command: Add,
        _ path: String,
        _ credentials: URLCredentials,
        place: QueuePlace,
        headers: [HeaderField]
    ) async throws {
        let batch = try Batch(path: path, options: command.options, headers: headers)
        let source = RequestSource(
            batch: batch,
            place: place,
            isJSON: command.jsonLines,
            size: Adding.batchSize,
            credentials: credentials
        )
        var next = try await source.next()
        while let present = next {
            async let following = source.next()
            try await keep(present.logins)
            for (failure, place) in present.bad { refuse(failure, place) }
            try await add(present.good)
            next = try await following
        }
    }

    /// Reports something that cannot be added, and continues with the others.
    mutating func refuse(_ failure: Failure, _ place: String) {
        bad += 1
        firstFailure = firstFailure ?? failure
        context.report(
            Failure(
                failure.code,
                "\(place): \(failure.message)",
                hint: failure.hint,
                cause: failure.cause
            )
        )
    }

    /// Says how many were added.
    func finish() throws {
        try context.output.check()
        if added + known + bad != 1 {
            var parts = ["added \(added) \(added == 1 ? "job" : "jobs")"]
            if known > 0 { parts.append("\(known) in the queue already") }
            if bad > 0 { parts.append("\(bad) bad") }
            context.note(parts.joined(separator: ", "))
        } else if known == 1 {
            context.note("it is there already")
        }
        guard let firstFailure else { return }
        let code = added + known > 0 ? Failure.Code.partial : firstFailure.code
        throw ExitCode(code.exitCode)
    }
}
