import ADMEngine
import ADMModel
import ADMSystem
import Glibc

/// `-O -`: files that go to standard output instead of staying on disk.
///
/// They are jobs as any other, in a directory of the workspace: retried, fetched with several connections,
/// checked. Only when all of them are whole, and verified as far as a digest is known, the first byte is written,
/// in the order of the arguments. Then neither files nor jobs are left.
struct PassedFiles: Sendable {
    private let context: CommandContext
    private let requests: [JobRequest]

    /// Whether a name means standard output.
    static func isMeant(by name: String?) -> Bool { name == "-" || name == "/dev/stdout" }

    /// Takes the files.
    ///
    /// - Throws: ``Failure`` with `usage` if something else wants standard output.
    init(_ requests: [JobRequest], _ options: RunOptions, _ context: CommandContext) throws(Failure)
    {
        let others = [
            context.isJSON ? "--json" : nil, options.printPath ? "--print-path" : nil,
            options.progress == .json ? "--progress json" : nil,
        ]
        if let other = others.compactMap(\.self).first {
            throw Failure(
                .usage,
                "\(other) and -O - both write to standard output",
                hint: "leave one of them out"
            )
        }
        self.context = context
        self.requests = requests
    }

    /// The options of the files: a name of their own and what is there already do not count.
    static func options(_ options: DownloadOptions, in layout: WorkspaceLayout) -> DownloadOptions {
        var options = options
        options.filename = nil
        options.dir = layout.passing
        options.ifExists = .rename
        return options
    }

    /// Writes the files, if all are there.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` if standard output cannot be written, `refused` if
    ///   it is a terminal and a file is not text; `CancellationError`.
    func write(_ engine: Workspace, _ tally: Tally) async throws {
        var files: [String: Descriptor] = [:]
        var order: [(job: Job, file: Descriptor)] = []
        for request in requests {
            guard let job = tally.jobs.last(where: { $0.request.url == request.url }),
                let path = job.destination, job.state == .succeeded
            else { continue }
            let file = try files[path] ?? PassedFiles.open(path)
            files[path] = file
            order.append((job, file))
        }
        let isWhole = tally.exitCode == 0 && order.count == requests.count
        if isWhole, Terminal.output.isTerminal,
            let binary = order.first(where: { StandardOutputCopy.isBinary($0.file) })
        {
            throw Failure(
                .refused,
                "the file is not text, and standard output is a terminal",
                hint:
                    "it is at \(binary.job.destination ?? ""); -O NAME saves it, and with > FILE or a pipe"
                    + " -O - writes it"
            )
        }
        // From here on nothing is left behind, however it ends.
        for path in files.keys { _ = unsafe unlink(path) }
        for job in Set(order.map { $0.job }) { _ = try await engine.queue.remove(job) }
        guard isWhole else {
            if requests.count > 1 { context.note("adm: nothing was written to standard output") }
            return
        }
        let copy = StandardOutputCopy(context.output)
        for (job, file) in order { try await copy.copy(file, named: job.title) }
    }

    private static func open(_ path: String) throws(Failure) -> Descriptor {
        try Failure.describing("cannot open \(path)", of: .caller) { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
        }
    }
}
