import ADMEngine
import ADMModel
import ArgumentParser

/// `adm download`: fetches URLs in the foreground.
struct Download: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch files and wait for them.",
        discussion: """
            Several connections fetch one file where the server allows it. After an interruption \
            the same command goes on where it stopped. A file is seen under its name only when it \
            is whole and, where a digest is known, verified.

            With 'batch' and a file, or - for standard input, URLs are read one a line: empty \
            lines and lines beginning with # are left out; options of a line follow its URL, each \
            after a tab: filename=, dir=, hash=, mirror=, if-exists=, priority=, header=, and settings \
            such as limit-rate=. The first download begins with the first line.

            EXAMPLES:
              adm download https://example.org/file.iso
              adm download --hash sha256:9f86… https://example.org/file.iso
              adm download -d ~/isos --if-exists skip https://example.org/a https://example.org/b
              adm download batch urls.txt
              adm download --metalink https://example.org/file.iso.meta4
              generate-urls | adm download batch -
            """,
        aliases: ["get"]
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("What to fetch; or: batch FILE.", valueName: "url"))
    var urls: [String] = []

    @OptionGroup var source: MetalinkOption
    @OptionGroup var options: DownloadOptions
    @OptionGroup var runOptions: RunOptions

    func validate() throws { try source.validate(urls) }

    func run() async throws {
        let context = try CommandContext(global)
        let run = try ForegroundRun(
            context,
            // The other settings go with each job, where those of a batch line are nearer.
            flags: options.tuning.listFlags.merging(runOptions.flags) { $1 },
            netrc: runOptions.netrcOptions,
            printsPaths: runOptions.printPath
        )
        let headers = try HeaderFile.fields(options.header, context)
        if let metalink = source.metalink {
            try await run.execute { session in
                try await session.add(metalink, source, options: options, headers: headers)
            }
            return
        }
        if urls.first == "batch" {
            guard urls.count == 2 else {
                throw Failure(
                    .usage,
                    "batch takes one file, or - for standard input",
                    hint: "adm download batch urls.txt"
                )
            }
            let batch = try Batch(path: urls[1], options: options, headers: headers)
            try await run.execute { try await batch.add(to: $0) }
            return
        }
        guard options.mirror.isEmpty || urls.count == 1 else {
            throw Failure(
                .usage,
                "--mirror is for one file, and \(urls.count) URLs are given",
                hint: "fetch them one by one, or with batch and mirror= on each line"
            )
        }
        guard options.filename == nil || urls.count == 1 else {
            throw Failure(
                .usage,
                "--filename names one file, and \(urls.count) URLs are given",
                hint: "fetch them one by one, or with batch and filename= on each line"
            )
        }
        var credentials = URLCredentials(run.credentialSettings)
        let requests = try urls.map {
            try options.request(for: try credentials.clean($0), headers: headers)
        }
        let logins = credentials.takePending()
        try await run.execute { session in
            try await session.keep(logins)
            await session.add(requests)
        }
    }
}
