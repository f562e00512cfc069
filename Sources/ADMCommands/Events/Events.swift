import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm events`: prints the recorded events of a workspace.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print what happened to the jobs of a workspace, and what happens.",
        usage: "adm events [--follow] [--since NUMBER] [--json]",
        discussion: """
            Events are numbered without gaps. With --json each is one object a line, as docs/events.md \
            says; a reader that remembers the last sequence misses nothing.

            EXAMPLES:
              adm events
              adm events --follow --json
              adm events --since 4711 --json
            """
    )

    @Flag(name: .long, help: "Continue with what happens from now on, until Ctrl-C.")
    var follow = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Start after the event with this number; 0 shows all.",
            valueName: "number"
        ),
        transform: Events.sequence
    )
    var since: Int64?

    @OptionGroup var global: GlobalOptions

    /// The number of an event, from 0 on.
    private static func sequence(_ text: String) throws -> Int64 {
        guard let number = Int64(digits: text) else {
            throw ValidationError(
                "it is not the number of an event, the first column of 'adm events'"
            )
        }
        return number
    }

    /// How many events are printed if no beginning is named.
    private static let lately = 50

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let ending = try await Interruption.run(
            first: SecondSignal.arm,
            again: SecondSignal.end
        ) {
            try await WorkspaceReader.run(configuration, isBrief: follow) {
                try await print($0, context)
            }
        }
        if case .interrupted(let signal) = ending, signal != .interrupt || !follow {
            throw ExitCode(signal.exitCode)
        }
    }

    private func print(_ engine: WorkspaceReader, _ context: CommandContext) async throws {
        var last = since ?? 0
        if since == nil {
            let newest = try await engine.lastEvent()
            last = max(0, newest.subtracting(saturating: Int64(Events.lately)))
        }
        guard follow else { return try await printRecorded(engine, after: last, context) }
        for try await event in engine.events(after: last) {
            context.say(line(event, context))
            try context.output.check()
            if context.output.isClosed { return }
        }
    }

    private func printRecorded(
        _ workspace: WorkspaceReader,
        after sequence: Int64,
        _ context: CommandContext
    ) async throws {
        var last = sequence
        while true {
            let events = try await workspace.recordedEvents(after: last, limit: 1000)
            for event in events { context.say(line(event, context)) }
            try context.output.check()
            if context.output.isClosed || events.count < 1000 { return }
            last = events.last?.sequence ?? last
        }
    }

    private func line(_ event: JobEvent, _ context: CommandContext) -> String {
        guard !context.isJSON else { return JSONWriter.line(EventDocument(event)) }
        let name = event.name.split(separator: ".").last.map(String.init) ?? event.name
        let parts = [
            "\(event.sequence ?? 0)", event.occurredAt.shown, "job \(event.number)", name,
            Terminal.printable(detail(event)),
        ]
        return parts.joined(separator: Terminal.output.isTerminal ? "  " : "\t")
    }

    private func detail(_ event: JobEvent) -> String {
        switch event.kind {
        case .completed(let done): return "\(done.destinationPath), \(ByteCount(done.totalBytes))"
        case .failed(let failure): return failure.message
        case .retrying(let retry, let limit, let delay, let failure):
            return "\(retry) of \(limit) in \(DurationText.remaining(delay)): \(failure.message)"
        case .skipped(let reason, let path): return "\(reason) \(path ?? event.url)"
        case .cancelled(let state): return "was \(state.rawValue), \(event.url)"
        case .paused(let cause): return "by \(cause.rawValue), \(event.url)"
        case .repairing(let pieces, let bytes):
            return "\(pieces) wrong pieces, \(ByteCount(bytes)), \(event.url)"
        case .queued, .started, .progress, .validating: return event.url
        }
    }
}
