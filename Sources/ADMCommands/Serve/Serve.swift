import ADMEngine
import ADMModel
import ADMServer
import ArgumentParser

/// `adm serve`: runs the queues of all workspaces, and answers programs over HTTP.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the queues of all workspaces, and answer programs over HTTP.",
        usage: "adm serve [--listen unix:PATH | HOST:PORT]… [--tls-cert FILE --tls-key FILE]",
        discussion: """
            Without --listen it answers at the Unix socket run/api.sock in ADM_HOME, where programs of the \
            same user need no token. At a port everybody needs one, from 'adm token create', and other \
            machines are answered with TLS only, unless --allow-plain is said.

            SIGTERM and Ctrl-C put running jobs back into the queue after a checkpoint; SIGHUP reads the \
            certificate again. Other adm processes work beside it as before.

            EXAMPLES:
              adm serve
              adm serve --listen 127.0.0.1:6380
              curl --unix-socket ~/.adm/run/api.sock http://adm/v1/workspaces
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("Listen here; may be repeated.", valueName: "address")
    )
    var listen: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The certificate chain for ports, in PEM.", valueName: "file"),
        completion: .file()
    )
    var tlsCert: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The key of the certificate, in PEM.", valueName: "file"),
        completion: .file()
    )
    var tlsKey: String?

    @Flag(name: .long, help: "Let other machines in without TLS: tokens can be read on the way.")
    var allowPlain = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A name, with its port, under which it may be asked. May be repeated.",
            valueName: "name:port"
        )
    )
    var host: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Pages of this origin may ask. May be repeated.",
            valueName: "origin"
        )
    )
    var allowOrigin: [String] = []

    @Flag(name: .long, help: .hidden)
    var openapi = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together")
        }
    }

    func run() async throws {
        // For scripts/api-reference.py: no home is needed to describe the API.
        if openapi {
            let output = StandardOutput()
            output.write(OpenAPI.text)
            return try output.check()
        }
        let context = try CommandContext(global)
        let options = try options(context)
        let (reloads, reload) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let ending = try await Interruption.run(
            first: SecondSignal.arm,
            again: SecondSignal.end,
            reload: { reload.yield() },
            body: {
                try await Daemon.run(
                    options,
                    home: context.home,
                    reloads: reloads,
                    told: Serve.told(context)
                )
            }
        )
        if case .interrupted(let signal) = ending {
            context.note("ended; running jobs are back in the queue")
            // An end that somebody asked for is the usual one of a daemon.
            guard signal == .terminate else { throw ExitCode(signal.exitCode) }
        }
    }

    private func options(_ context: CommandContext) throws(Failure) -> DaemonOptions {
        var options = DaemonOptions()
        for text in listen {
            options.addresses = (options.addresses ?? []) + [try DoorAddress(parsing: text)]
        }
        if let tlsCert, let tlsKey {
            options.tls = DaemonOptions.TLSFiles(
                certificate: try context.absolutePath(tlsCert),
                key: try context.absolutePath(tlsKey)
            )
        }
        options.allowsPlain = allowPlain
        options.hosts = host
        options.origins = allowOrigin
        try options.check()
        return options
    }

    /// Tells a person what the daemon does.
    private static func told(_ context: CommandContext) -> @Sendable (Daemon.Notice) async -> Void {
        { notice in
            switch notice {
            case .listening(let addresses):
                for address in addresses { context.note("listening on \(address)") }
            case .failed(let name, let failure):
                context.report(
                    Failure(
                        failure.code,
                        "\(name): \(failure.message)",
                        hint: failure.hint,
                        cause: failure.cause
                    )
                )
            case .reloaded(nil): context.note("reloaded")
            case .reloaded(let failure?): context.report(failure)
            }
        }
    }
}
