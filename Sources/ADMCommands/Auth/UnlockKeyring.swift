import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth unlock`: opens the keyring.
struct UnlockKeyring: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Open the keyring; the desktop asks for its password.",
        usage: "adm auth unlock",
        discussion: """
            If there is no keyring yet, the desktop makes one. Without a display nobody can be \
            asked: gnome-keyring-daemon --replace --unlock reads the password from standard input.

            EXAMPLES:
              adm auth unlock
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        try await Home.run(in: try await context.authConfiguration()) {
            try await $0.credentials.unlockKeyring()
        }
        context.note("the keyring is open")
    }
}
