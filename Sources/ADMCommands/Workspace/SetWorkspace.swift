import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws set`: changes what a workspace may have of the budget, at once.
struct SetWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change what a workspace may have of the budget, also while it runs.",
        usage: "adm ws set NAME [--weight N] [--min N] [--max N] [--rate RATE]",
        discussion: """
            They are kept in its profile as weight, min-slots, max-slots and workspace-rate.

            EXAMPLES:
              adm ws set work --weight 3
              adm ws set work --min 1 --max 4
              adm ws set work --rate "1MiB/s 08:00-18:00 mon-fri; 0"
            """
    )

    @Argument(help: ArgumentHelp("The workspace.", valueName: "name"))
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp("Twice the weight, twice the slots; 1 to 1000.", valueName: "number")
    )
    var weight: String?

    @Option(
        name: .customLong("min"),
        help: ArgumentHelp("Slots guaranteed before others get more.", valueName: "number")
    )
    var minimum: String?

    @Option(
        name: .customLong("max"),
        help: ArgumentHelp("Never more slots than that; 0 for no limit.", valueName: "number")
    )
    var maximum: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Bytes a second for all its files; 0 for no limit.", valueName: "rate")
    )
    var rate: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard weight != nil || minimum != nil || maximum != nil || rate != nil else {
            throw ValidationError("say what to change: --weight, --min, --max or --rate")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let name = try WorkspaceName(name)
        let share = try await context.home.setShare(
            of: name,
            .written(weight: weight, minSlots: minimum, maxSlots: maximum, rate: rate)
        )
        try context.show(ShareDocument(share)) {
            let most =
                share.maxSlots > 0 ? "at most \(share.maxSlots) slots" : "any number of slots"
            context.note(
                "\(name) has the weight \(share.weight), at least \(share.minSlots) and \(most)"
                    + (share.rate.isLimit ? ", \(share.rate.shown)" : "")
            )
        }
    }
}
