import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm budget set`: changes the limits for all processes, at once.
struct SetBudget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change the limits for all processes, running ones too.",
        usage: "adm budget set [--connections N] [--host-connections N] [--slots N] [--per-host N]"
            + " [--rate RATE] [--host-rate RATE]",
        discussion: """
            The limits are kept in config.toml. Transfers beyond a lowered limit stop after a \
            checkpoint and continue later; those whose server cannot resume them end first.

            What servers and links feel is connections: each transfer has at least one, and a large file \
            several. A limit on the number of transfers holds beside that.

            EXAMPLES:
              adm budget set --connections 32 --host-connections 8
              adm budget set --slots 6
              adm budget set --per-host 2 --rate 10MiB/s
              adm budget set --rate "2MiB/s 08:00-18:00 mon-fri; 0"
              adm budget set --host-rate 5MiB/s
              adm budget set --rate 0
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Transfers at once; 0 for as many as the connections allow.",
            valueName: "number"
        )
    )
    var slots: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Transfers at once from one host; 0 for as many as the connections allow.",
            valueName: "number"
        )
    )
    var perHost: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Connections of all transfers together.", valueName: "number")
    )
    var connections: String?

    @Option(name: .long, help: ArgumentHelp("Connections to one host.", valueName: "number"))
    var hostConnections: String?

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
        let all = [slots, perHost, connections, hostConnections, rate, hostRate]
        guard all.contains(where: { $0 != nil }) else {
            throw ValidationError(
                "say what to change: --connections, --host-connections, --slots, --per-host, --rate or"
                    + " --host-rate"
            )
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let limits = try await context.home.setBudget(
            .written(
                slots: slots,
                perHost: perHost,
                connections: connections,
                hostConnections: hostConnections,
                rate: rate,
                hostRate: hostRate
            )
        )
        try context.show(LimitsDocument(limits)) {
            context.note(SetBudget.sentence(limits))
        }
    }

    private static func sentence(_ limits: BudgetLimits) -> String {
        var parts = [
            "\(limits.connections) \(limits.connections == 1 ? "connection" : "connections") at once",
            "at most \(limits.hostConnections) to a host",
        ]
        if limits.slots > 0 {
            parts.append("\(limits.slots) \(limits.slots == 1 ? "transfer" : "transfers") at once")
        }
        if limits.perHost > 0 { parts.append("at most \(limits.perHost) of a host") }
        parts.append(limits.rate.isLimit ? "\(limits.rate.shown) together" : "at any rate")
        if limits.hostRate.isLimit { parts.append("\(limits.hostRate.shown) from a host") }
        return parts.joined(separator: ", ")
    }
}
