import ADMEngine
import ADMModel
import ArgumentParser

/// `adm budget clear-cool-down`: lets servers be asked at once that wanted to be left alone.
struct ClearCoolDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear-cool-down",
        abstract: "Ask servers at once that wanted to be left alone (Retry-After).",
        usage: "adm budget clear-cool-down URL ... | --all",
        discussion: """
            Jobs that were refused themselves keep the time of their next attempt; \
            'adm queue retry' brings it forward.

            EXAMPLES:
              adm budget clear-cool-down https://example.org
              adm budget clear-cool-down --all
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Scheme, host and port as adm budget shows them; a longer URL does as well.",
            valueName: "url"
        )
    )
    var origins: [String] = []

    @Flag(name: .long, help: "All of them.")
    var all = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard origins.isEmpty == all else {
            throw ValidationError("name the servers as adm budget shows them, or give --all")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        var named: Set<String> = []
        for text in origins { named.insert(try SourceURL(text).origin.description) }
        let ended = try await context.home.endCoolDowns(of: all ? nil : named)
        let missing = named.subtracting(ended).sorted()
        try context.show(ended) {
            for origin in ended { context.note("\(origin) is asked at once") }
            if all, ended.isEmpty { context.note("no server wants to be left alone") }
        }
        if let first = missing.first {
            context.note("\(first) is not left alone\(missing.count > 1 ? ", nor are others" : "")")
        }
    }
}
