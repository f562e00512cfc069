import ADMEngine
import ArgumentParser

/// The root command: its name, its verbs and the options that stand before them.
struct ADM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adm",
        abstract: "Fetch files into workspaces, and continue after every interruption.",
        usage: "adm [OPTIONS] COMMAND …",
        discussion: """
            EXAMPLES:
              adm download https://example.org/file.iso
              adm --profile work download https://example.org/file.iso
              adm ws create work --template metered --use

            Options of this list may stand before the command or after it.
            """,
        version: "adm \(SettingsReference.version)",
        subcommands: [JSONReference.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Downloads",
                subcommands: [
                    Download.self, List.self, Show.self, Resume.self, Remove.self, History.self,
                    Test.self,
                ]
            ),
            CommandGroup(
                name: "Queue and budget",
                subcommands: [
                    Add.self, Run.self, QueueCommand.self, Why.self, BudgetCommand.self,
                    Top.self, Events.self, Stats.self,
                ]
            ),
            CommandGroup(name: "Daemon", subcommands: [Serve.self]),
            CommandGroup(
                name: "Workspaces and settings",
                subcommands: [
                    WorkspaceCommand.self, ProfileCommand.self, ConfigCommand.self,
                    AuthCommand.self, TokenCommand.self,
                ]
            ),
        ]
    )

    @OptionGroup var global: GlobalOptions

    /// What `adm` alone says.
    static let welcome = """
        adm fetches files into workspaces, and continues after every interruption.

          adm download URL…          fetch files
          adm list                   what runs, waits or failed; adm history: what is done
          adm resume --all           resume what was interrupted
          adm add URL…, adm run      put into the queue, and run the queue
          adm budget, adm why JOB    who has the slots, and why a job waits
          adm auth login HOST        keep a password or token in the keyring
          adm ws create NAME --use   a workspace of its own for work, home, a customer
          adm config show --origin   every setting, and where its value comes from
          adm test                   try it with files from a server of adm's own

        adm COMMAND --help shows the options of a command, adm --help all commands.
        """

    func run() async throws {
        print(Self.welcome)
    }
}
