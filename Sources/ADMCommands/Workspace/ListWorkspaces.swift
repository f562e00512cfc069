import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws list`: shows all workspaces.
struct ListWorkspaces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the workspaces; * marks the current one.",
        usage: "adm ws list [--trash] [--json]",
        discussion: """
            A broken workspace is listed with what is wrong with it.

            EXAMPLES:
              adm ws list
              adm ws list --trash
            """,
        aliases: ["ls"]
    )

    @Flag(name: .long, help: "List the removed ones that 'adm ws restore' can bring back.")
    var trash = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        if trash { return try await showTrash(context) }
        let current = await current(context)
        let workspaces = try await context.home.list()
        let rows = workspaces.map { WorkspaceDocument($0, isCurrent: $0.name == current) }
        try context.show(rows) {
            guard !workspaces.isEmpty else {
                return context.note("no workspaces yet; the first download makes default")
            }
            context.table(
                ["", "NAME", "DIRECTORY", "JOBS", "PROBLEM"],
                workspaces.map {
                    [
                        $0.name == current ? "*" : "", $0.name, $0.directory ?? "", $0.jobsText,
                        $0.problems.first?.message ?? "",
                    ]
                }
            )
        }
    }

    /// The name to mark; if it cannot be told or does not exist, that is said, and the list continues.
    private func current(_ context: CommandContext) async -> String? {
        do throws(Failure) {
            let choice = try await context.choice()
            if choice.name != .standard, await !context.home.exists(choice.name) {
                context.warn(
                    "the current workspace \"\(choice.name)\" (from \(choice.origin)) does not exist",
                    hint: "choose another one with adm ws use NAME"
                )
            }
            return choice.name.description
        } catch {
            context.warn(error.message, hint: error.hint)
            return nil
        }
    }

    private func showTrash(_ context: CommandContext) async throws {
        let removed = try await context.home.trash()
        try context.show(removed.map(TrashDocument.init)) {
            guard !removed.isEmpty else { return context.note("the trash is empty") }
            context.table(
                ["NAME", "REMOVED", "KEPT UNTIL"],
                removed.map { [$0.name, $0.removedAt.shown, $0.expiresAt.shown] }
            )
        }
    }
}
