package import ADMEngine
package import ADMModel
import ADMSystem
import Foundation
import Logging

/// The daemon: runs the queues of all workspaces, and answers over HTTP.
package enum Daemon {
    /// How many connections there may be at once.
    static let mostConnections = 2048

    /// What the daemon says while it works.
    package enum Notice: Sendable {
        /// All doors are open, at these addresses.
        case listening([DoorAddress])
        /// A workspace cannot be run.
        case failed(WorkspaceName, Failure)
        /// The certificate was read again; the failure if it cannot be used.
        case reloaded(Failure?)
    }

    /// Serves a home until the task is cancelled; running jobs go back into the queue after a checkpoint.
    ///
    /// - Parameters:
    ///   - options: Where it listens, and who may ask.
    ///   - home: The home.
    ///   - reloads: An element for each time that the certificate is to be read again.
    ///   - told: Told what happens.
    /// - Throws: ``Failure`` with `locked` if the home has a daemon or an address is taken, `configuration` for a
    ///   certificate that cannot be used, `storage`; `CancellationError` after cancellation.
    package static func run(
        _ options: DaemonOptions,
        home: Home,
        reloads: AsyncStream<Void>,
        told: @escaping @Sendable (Notice) async -> Void
    ) async throws {
        let lock = try await Blocking.run { () throws(Failure) in try ServeLock(home.layout) }
        defer { lock.end() }
        let certificate = try options.tls.map { (files) throws(Failure) in try Certificate(files) }
        let systemd = Systemd(environment: home.environment)
        let doors = try await open(options, home, systemd)
        defer { for door in doors { door.remove() } }
        try await home.run(options: HomeOptions(role: .serve)) { running in
            try await serve(running, doors, options, certificate, systemd, reloads, told)
        }
    }

    private static func open(
        _ options: DaemonOptions,
        _ home: Home,
        _ systemd: Systemd
    ) async throws -> [Door] {
        var doors: [Door] = []
        do {
            for socket in systemd.sockets {
                doors.append(try await Door.adopt(socket))
            }
            let standard = DoorAddress.socket(path: home.layout.run + "/api.sock")
            for address in options.addresses ?? (doors.isEmpty ? [standard] : []) {
                doors.append(try await Door.open(address))
            }
        } catch {
            for door in doors { door.remove() }
            throw error
        }
        return doors
    }

    private static func serve(
        _ running: RunningHome,
        _ doors: [Door],
        _ options: DaemonOptions,
        _ certificate: Certificate?,
        _ systemd: Systemd,
        _ reloads: AsyncStream<Void>,
        _ told: @escaping @Sendable (Notice) async -> Void
    ) async throws {
        let limit = ConnectionLimit(mostConnections)
        let services = Services(
            running: running,
            shelf: WorkspaceShelf(running),
            feeds: EventFeeds(running),
            startedAt: Date(),
            connections: limit,
            meters: Meters(),
            tokens: TokenCheck(home: running.home),
            description: OpenAPI.text
        )
        let gate = Gate(
            tokens: services.tokens,
            hosts: options.hosts,
            origins: options.origins
        )
        let answering = Answering(
            gate: gate,
            services: services,
            certificate: certificate,
            logger: running.home.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for door in doors {
                group.addTask {
                    try await door.serve(limit: limit) { await answering.handle($0, through: door) }
                }
            }
            group.addTask { try await services.shelf.serve() }
            group.addTask { await services.feeds.serve() }
            group.addTask {
                try await running.runQueues(
                    failed: { await told(.failed($0, $1)) },
                    each: { try await drain($0, services.feeds) }
                )
            }
            group.addTask { await reload(certificate, systemd, reloads, told) }
            if let watchdog = systemd.watchdog {
                group.addTask { try await reassure(systemd, every: watchdog) }
            }
            await told(.listening(doors.map(\.address)))
            systemd.notify(
                "READY=1\nSTATUS=serving at \(doors.map(\.address.description).joined(separator: ", "))\n"
            )
            defer {
                systemd.notify("STOPPING=1\n")
                group.cancelAll()
            }
            try await group.next()
            // Whichever of them ended, nothing is left to do without it.
            try Task.checkCancellation()
        }
    }

    /// Reads the certificate again as often as somebody asks for it.
    private static func reload(
        _ certificate: Certificate?,
        _ systemd: Systemd,
        _ reloads: AsyncStream<Void>,
        _ told: @Sendable (Notice) async -> Void
    ) async {
        for await _ in reloads {
            systemd.notifyReloading()
            do throws(Failure) {
                try await Blocking.run { () throws(Failure) in try certificate?.reload() }
                await told(.reloaded(nil))
            } catch { await told(.reloaded(error)) }
            systemd.notify("READY=1\n")
        }
    }

    /// Runs one queue, and tells those who follow it how far its jobs are.
    private static func drain(_ turn: QueueTurn, _ feeds: EventFeeds) async throws {
        let events = await turn.workspace.events()
        let identity = turn.workspace.configuration.selection.identity
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events {
                    if case .progress = event.kind {
                        await feeds.take(progress: event, of: identity)
                    }
                }
            }
            defer { group.cancelAll() }
            try await turn.drain()
        }
    }

    /// Tells systemd that the process lives, three times in each span.
    private static func reassure(_ systemd: Systemd, every span: Duration) async throws {
        while true {
            systemd.notify("WATCHDOG=1\n")
            try await Task.sleep(for: span / 3)
        }
    }
}
