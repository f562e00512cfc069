import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm budget show`: who has slots, who waits, and what each workspace is entitled to.
struct ShowBudget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show slots, holders, waiters and shares.",
        usage: "adm budget show [--json]",
        discussion: """
            EXAMPLES:
              adm budget
              adm budget show --json
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let report = try await context.home.budgetReport()
        try context.show(BudgetDocument(report)) { print(report, context) }
    }

    private func print(_ report: BudgetReport, _ context: CommandContext) {
        let limits = report.limits
        let connections = report.slots.connections
        var fields = [
            ("connections", "\(connections) of \(limits.connections) in use"),
            ("of a host", "at most \(limits.hostConnections)"),
            (
                "slots",
                "\(report.slots.count)\(limits.slots > 0 ? " of \(limits.slots)" : "") in use"
            ),
        ]
        if limits.perHost > 0 { fields.append(("per host", "at most \(limits.perHost) slots")) }
        fields.append(("rate", limits.rate.isLimit ? "\(limits.rate.shown) for all" : "no limit"))
        if limits.hostRate.isLimit { fields.append(("host rate", limits.hostRate.shown)) }
        context.fields(fields)
        if !report.workspaces.isEmpty {
            context.say("")
            context.table(
                [
                    "WORKSPACE", "SLOTS", "CONNECTIONS", "ENTITLED", "WAITING", "SINCE",
                    "WEIGHT", "MIN", "MAX", "",
                ],
                report.workspaces.map(ShowBudget.row)
            )
        }
        if !report.slots.isEmpty {
            context.say("")
            context.table(
                ["SLOT", "WORKSPACE", "JOB", "HOST", "CONNECTIONS", "HELD", "PROCESS", ""],
                report.slots.enumerated().map { index, slot in
                    [
                        "\(index + 1)", slot.workspace, slot.job.map { "\($0)" } ?? "", slot.host,
                        "\(slot.connections)",
                        DurationText.elapsed(slot.heldSeconds), "\(slot.process)",
                        slot.state == "held" ? slot.isResumable ? "" : "cannot yield" : slot.state,
                    ]
                }
            )
        }
        if !report.processes.isEmpty {
            context.say("")
            context.table(
                ["PROCESS", "DOES", "SLOTS", "AT MOST"],
                report.processes.map {
                    ["\($0.process)", $0.role, "\($0.slots)", "\($0.capacity)"]
                }
            )
        }
        for cool in report.coolDowns {
            let next =
                cool.seconds > 0
                ? "is left alone for \(DurationText.remaining(cool.seconds))"
                : "is asked by one job at a time"
            context.say(
                "\(cool.origin) \(next); it asked for \(DurationText.remaining(cool.askedSeconds)) more"
                    + " (Retry-After)"
            )
        }
    }

    private static func row(_ workspace: BudgetReport.Workspace) -> [String] {
        let share = workspace.share
        let entitled = (workspace.entitled * 100).rounded() / 100
        return [
            workspace.name, "\(workspace.slots)", "\(workspace.connections)",
            entitled > 0
                ? entitled == entitled.rounded() ? "\(Int(saturating: entitled))" : "\(entitled)"
                : "",
            workspace.waiting > 0 ? "\(workspace.waiting)" : "",
            workspace.waitingSeconds.map(DurationText.elapsed) ?? "", "\(share.weight)",
            share.minSlots > 0 ? "\(share.minSlots)" : "",
            share.maxSlots > 0 ? "\(share.maxSlots)" : "", share.isPaused ? "paused" : "",
        ]
    }
}
