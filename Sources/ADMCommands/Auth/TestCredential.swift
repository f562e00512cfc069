import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth test`: asks a server with the stored credentials.
struct TestCredential: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Ask a server for one byte with the credentials that a download would send.",
        usage: "adm auth test HOST|URL [--netrc]",
        discussion: """
            The exit status is 0 if the server answers, 4 if it refuses, 13 if the secret \
            cannot be had.

            EXAMPLES:
              adm auth test https://files.example.org/private/file.iso
            """
    )

    @Argument(help: ArgumentHelp("What to ask for.", valueName: "host or url"))
    var target: String

    @OptionGroup var netrcOptions: NetrcOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        var configuration = try await context.authConfiguration()
        configuration.netrc = try netrcOptions.path(context)
        let url = try SourceURL(target.contains("://") ? target : "https://\(target)")
        let ready = configuration
        let test = try await Home.run(in: ready) { try await $0.credentials.test(url) }
        try context.show(CredentialTestDocument(test)) {
            let names = test.sent.map(\.summary).joined(separator: ", ")
            guard !test.sent.isEmpty else {
                context.say("no credential is for \(url.redacted); the server says \(test.status)")
                return
            }
            context.say(
                test.status < 400
                    ? "accepted: \(names); the server says \(test.status)"
                    : "sent: \(names); the server says \(test.status)"
            )
            if test.needsNoCredential {
                context.say("the server gives the same without credentials")
            }
        }
        if test.isRefused {
            throw ExitCode(Failure.Code.authentication.exitCode)
        }
    }
}
