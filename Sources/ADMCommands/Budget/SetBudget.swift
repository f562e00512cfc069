import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm budget set`: changes the limits for all processes, at once.
struct SetBudget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change the limits for all processes, running ones too.",
        usage: "adm budget set [--slots N] [--per-host N] [--rate RATE] [--host-rate RATE]",
        discussion: """
            The limits are kept in config.toml. Transfers beyond a lowered limit stop after a \
            checkpoint and continue later; those whose server cannot resume them end first.

            EXAMPLES:
              adm budget set --slots 6
              adm budget set --per-host 2 --rate 10MiB/s
              adm budget set --rate "2MiB/s 08:00-18:00 mon-fri; 0"
              adm budget set --host-rate 5MiB/s
              adm budget set --rate 0
            """
    )

    @Option(name: .long, help: ArgumentHelp("Transfers at once, from 1 on.", valueName: "number"))
    var slots: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Transfers at once from one host; 0 for no limit.", valueName: "number")
    )
    var perHost: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Bytes a second for all together; 0 for no limit.", valueName: "rate")
    )
    var rate: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The same for all from one host; 0 for no limit.", valueName: "rate")
    )
    var hostRate: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard slots != nil || perHost != nil || rate != nil || hostRate != nil else {
            throw ValidationError("say what to change: --slots, --per-host, --rate or --host-rate")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let limits = try await context.home.setBudget(
            .written(slots: slots, perHost: perHost, rate: rate, hostRate: hostRate)
        )
        try context.show(LimitsDocument(limits)) {
            let host = limits.perHost > 0 ? "at most \(limits.perHost) of a host" : "any host"
            let rate = limits.rate.isLimit ? "\(limits.rate.shown) together" : "at any rate"
            context.note(
                "\(limits.slots) \(limits.slots == 1 ? "transfer" : "transfers") at once, \(host),"
                    + " \(rate)"
                    + (limits.hostRate.isLimit ? ", \(limits.hostRate.shown) from a host" : "")
            )
        }
    }
}
