import ArgumentParser

/// `adm budget`: the verbs about the slots that all processes share.
struct BudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Show and change what all workspaces and processes share.",
        usage: "adm budget [show | set … | clear-cool-down …]",
        discussion: """
            All adm processes of one ADM_HOME share a number of connections. A slot is the right to \
            run one job, with at least one connection; a large file gets several. Workspaces get them in \
            proportion to their weights ('adm ws set').

            EXAMPLES:
              adm budget
              adm budget set --connections 32 --host-connections 8
              adm budget set --slots 6 --per-host 3
              adm budget set --rate 10MiB/s
              adm budget clear-cool-down --all
            """,
        subcommands: [ShowBudget.self, SetBudget.self, ClearCoolDown.self],
        defaultSubcommand: ShowBudget.self
    )
}
