import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm top`: a page of all workspaces that is kept up to date.
struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch all workspaces: transfers, shares, queues, speed, failures.",
        usage: "adm top [--once] [--json]",
        discussion: """
            Keys: arrows or j and k choose a job, p pauses it, r resumes it, c cancels it after a \
            question, + and - change its priority, q leaves.

            If there is no terminal, and with --once, the page is printed once, and with --json it is \
            one JSON document.

            EXAMPLES:
              adm top
              adm top --once
              adm top --once --json
            """
    )

    @Flag(name: .long, help: "Print the page once.")
    var once = false

    @OptionGroup var global: GlobalOptions

    /// Another screen than the shell's, without a cursor, without wrapping.
    private static let entering = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let leaving = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    func run() async throws {
        let context = try CommandContext(global)
        let isWatched = Terminal.output.canRedraw && !once && !context.isJSON
        guard isWatched, let keys = KeyReader() else {
            return try await OverviewWatch.run(context.home) { watch in
                guard !context.isJSON else {
                    return try context.show(OverviewDocument(try await watch.measured())) {}
                }
                for line in try await TopSession(watch, context).once() { context.say(line) }
                try context.output.check()
            }
        }
        context.say(Top.entering, terminator: "")
        let end: @Sendable (Interruption.Signal) -> Void = { signal in
            leave(keys, context)
            SecondSignal.end(signal)
        }
        let ending: Interruption.Ending<Void>
        do {
            ending = try await Interruption.run(again: end) {
                try await OverviewWatch.run(context.home) { watch in
                    try await TopSession(watch, context).run(keys)
                }
            }
        } catch {
            leave(keys, context)
            throw error
        }
        leave(keys, context)
        // Ctrl-C is as good a way to leave as any.
        if case .interrupted(let signal) = ending, signal != .interrupt {
            throw ExitCode(signal.exitCode)
        }
    }

    private func leave(_ keys: KeyReader, _ context: CommandContext) {
        context.say(Top.leaving, terminator: "")
        keys.end()
    }
}
