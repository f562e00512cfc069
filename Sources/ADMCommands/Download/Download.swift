import ADMEngine
import ADMModel
import ArgumentParser

/// `adm download`: fetches URLs in the foreground.
struct Download: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch files and wait for them.",
        discussion: """
            Several connections fetch one file if the server allows it. After an interruption \
            the same command continues where it stopped. A file is seen under its name only when it \
            is whole and, where a digest is known, verified.

            With -O - the file goes to standard output once it is whole and verified, and is not kept.

            With 'batch' and a file, or - for standard input, URLs are read one a line: empty \
            lines and lines beginning with # are left out; options of a line follow its URL, each \
            after a tab: \(Batch.optionNames.reduce("") { $0 + $1 + "=, " })and settings \
            such as limit-rate=. The first download begins with the first line.

            EXAMPLES:
              adm download https://example.org/file.iso
              adm download --hash sha256:9f86… https://example.org/file.iso
              adm download -d ~/isos --if-exists skip https://example.org/a https://example.org/b
              adm download batch urls.txt
              adm download -O - https://example.org/a.tar.gz | tar xz
              adm download --metalink https://example.org/file.iso.meta4
              generate-urls | adm download batch -
            """,
        aliases: ["get"]
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("What to fetch; or: batch FILE.", valueName: "url"))
    var urls: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Fetch the URLs in this file, as 'batch' does.", valueName: "file"),
        completion: .file()
    )
    var inputFile: String?

    @OptionGroup var source: MetalinkOption
    @OptionGroup var options: DownloadOptions
    @OptionGroup var login: LoginOptions
    @OptionGroup var runOptions: RunOptions

    func validate() throws { try source.validate(urls + [inputFile].compactMap(\.self)) }

    func run() async throws {
        let context = try CommandContext(global)
        let sources = try RequestedSources(urls, inputFile: inputFile, verb: "adm download")
        let passes = PassedFiles.isMeant(by: options.filename)
        let run = try await ForegroundRun(
            context,
            // The other settings go with each job, where those of a batch line are nearer.
            flags: runOptions.flags,
            netrc: runOptions.netrcOptions,
            printsPaths: runOptions.printPath,
            namesFiles: !passes
        )
        let headers = try HeaderFile.fields(options.header, context)
        if let metalink = source.metalink {
            let login = try self.login.login(
                context,
                readsInput: metalink == "-" ? "the Metalink" : nil
            )
            try await run.execute { session in
                await session.use(login)
                try await session.add(metalink, source, options: options, headers: headers)
            }
            return
        }
        switch sources {
        case .list(let path):
            let batch = try Batch(path: path, options: options, headers: headers)
            let login = try self.login.login(context, readsInput: sources.readsInput)
            try await run.execute { session in
                await session.use(login)
                try await batch.add(to: session)
            }
        case .urls(let urls):
            try checkCount(urls.count, passes)
            try await fetch(urls, headers, passes: passes, run, context)
        }
    }

    private func checkCount(_ count: Int, _ passes: Bool) throws(Failure) {
        let forOne = [
            options.mirror.isEmpty ? nil : "mirror",
            options.filename == nil || passes ? nil : "filename",
        ]
        guard count != 1, let option = forOne.compactMap(\.self).first else { return }
        throw Failure(
            .usage,
            "--\(option) is for one file, and \(count) URLs are given",
            hint: "fetch them one by one, or with batch and \(option)= on each line"
        )
    }

    private func fetch(
        _ urls: [String],
        _ headers: [HeaderField],
        passes: Bool,
        _ run: ForegroundRun,
        _ context: CommandContext
    ) async throws {
        let options =
            passes ? PassedFiles.options(self.options, in: run.layout) : self.options
        var credentials = URLCredentials(run.credentialSettings, mayLend: true)
        var requests: [JobRequest] = []
        for url in urls {
            requests.append(try options.request(for: try credentials.clean(url), headers: headers))
        }
        let logins = credentials.takePending()
        let passing = passes ? try PassedFiles(requests, runOptions, context) : nil
        if self.login.user != nil { try RunLogin.check(requests) }
        let login = try self.login.login(context)
        try await run.execute(
            { [requests] session in
                await session.use(login)
                try await session.keep(logins)
                await session.add(requests)
            },
            finish: passing.map { files in
                { @Sendable engine, tally in try await files.write(engine, tally) }
            }
        )
    }
}
