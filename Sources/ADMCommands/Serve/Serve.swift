import ADMEngine
import ADMModel
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

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together")
        }
    }

    func run() async throws {
        guard let serve = Program.server else { try ServerProgram.execute() }
        let context = try CommandContext(global)
        let (reloads, reload) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let request = ServeRequest(
            home: context.home,
            options: HomeOptions(role: .serve),
            addresses: listen.isEmpty ? nil : listen,
            tls: try files(context),
            allowsPlain: allowPlain,
            hosts: host,
            origins: allowOrigin,
            reloads: reloads,
            ready: { addresses in
                for address in addresses { context.note("listening on \(address)") }
            },
            failed: { name, failure in
                context.report(
                    Failure(
                        failure.code,
                        "\(name): \(failure.message)",
                        hint: failure.hint,
                        cause: failure.cause
                    )
                )
            },
            reloaded: { failure in
                if let failure {
                    context.report(failure)
                } else {
                    context.note("read the certificate again")
                }
            }
        )
        let ending = try await Interruption.run(
            first: SecondSignal.arm,
            again: SecondSignal.end,
            reload: { reload.yield() },
            body: { try await serve(request) }
        )
        if case .interrupted(let signal) = ending {
            context.note("ended; running jobs are back in the queue")
            // An end that somebody asked for is the usual one of a daemon.
            guard signal == .terminate else { throw ExitCode(signal.exitCode) }
        }
    }

    private func files(
        _ context: CommandContext
    ) throws(Failure) -> (certificate: String, key: String)? {
        guard let tlsCert, let tlsKey else { return nil }
        return (try context.absolutePath(tlsCert), try context.absolutePath(tlsKey))
    }
}
