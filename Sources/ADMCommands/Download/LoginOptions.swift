import ADMModel
import ADMSystem
import ArgumentParser

/// The options that say who asks, for one run: nothing of it is stored.
struct LoginOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The user name for the server; the password is asked for. For this run only.",
            valueName: "name"
        )
    )
    var user: String?

    @Flag(name: .long, help: "Read the password for --user from standard input.")
    var passwordStdin = false

    func validate() throws {
        if passwordStdin, user == nil {
            throw ValidationError("--password-stdin goes with --user NAME")
        }
    }

    /// The login; nil if no user is named.
    ///
    /// `readsInput` is what else reads standard input, such as `the list of URLs`.
    ///
    /// - Throws: ``Failure`` with `usage` if the password cannot be asked for.
    func login(_ context: CommandContext, readsInput: String? = nil) throws(Failure) -> RunLogin? {
        guard let user else { return nil }
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard !name.isEmpty else { throw Failure(.usage, "--user is empty") }
        if parts.count == 2, !parts[1].isEmpty {
            OwnProcess.concealMemory()
            context.warn(
                "the password of \(name) was in an argument, where other users could see it",
                hint: "--user \(name) asks for it; --password-stdin reads it from standard input"
            )
            return RunLogin(user: name, secret: Secret(String(parts[1])))
        }
        if let readsInput, passwordStdin || !context.canAsk {
            throw Failure(
                .usage,
                "the password and \(readsInput) cannot both come on standard input",
                hint: "keep the password: adm auth login HOST --user \(name)"
            )
        }
        if passwordStdin { return RunLogin(user: name, secret: try SecretInput.standardInput()) }
        guard context.canAsk else {
            throw Failure(
                .usage,
                "there is no terminal to ask for the password of \(name) on",
                hint: "give it on standard input with --password-stdin, or keep it:"
                    + " adm auth login HOST --user \(name)"
            )
        }
        return RunLogin(user: name, secret: try SecretInput.ask("Password for \(name): "))
    }
}
