import ADMCommands
import ADMServer

@main
enum Main {
    static func main() async {
        await Program.run(serving: { request in
            var options = DaemonOptions()
            options.addresses = try request.addresses?.map(DoorAddress.init(parsing:))
            options.tls = request.tls.map { .init(certificate: $0.certificate, key: $0.key) }
            options.allowsPlain = request.allowsPlain
            options.hosts = request.hosts
            options.origins = request.origins
            try options.check()
            try await Daemon.run(
                options,
                home: request.home,
                homeOptions: request.options,
                reloads: request.reloads,
                ready: request.ready,
                failed: request.failed,
                reloaded: request.reloaded
            )
        })
    }
}
