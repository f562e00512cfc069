import ADMModel
import ADMSystem
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix

/// One place where the daemon listens.
struct Door: Sendable {
    /// Where it is; a port that the system chose is in it.
    let address: DoorAddress
    /// The names under which it may be asked, in lower case, with the port.
    let names: Set<String>
    private let channel: NIOAsyncChannel<any Channel, Never>
    /// Whether somebody else opened the socket, and keeps its name.
    private let isAdopted: Bool

    private init(
        address: DoorAddress,
        names: Set<String>,
        channel: NIOAsyncChannel<any Channel, Never>,
        isAdopted: Bool = false
    ) {
        self.address = address
        self.names = names
        self.channel = channel
        self.isAdopted = isAdopted
    }

    /// Begins to listen.
    ///
    /// A socket that no process serves any more is replaced.
    ///
    /// - Throws: ``Failure`` with `locked` if another process listens there, `storage` if it cannot be listened to.
    static func open(_ address: DoorAddress) async throws -> Door {
        let bootstrap = Door.bootstrap
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        do {
            switch address {
            case .socket(let path):
                try await Blocking.run { () throws(Failure) in try makeRoom(at: path) }
                let channel = try await bootstrap.bind(
                    unixDomainSocketPath: path,
                    childChannelInitializer: Door.take
                )
                // Until then others may connect; they are told apart by their user (SO_PEERCRED).
                unsafe chmod(path, 0o600)
                return Door(address: address, names: [], channel: channel)
            case .network(let host, let port):
                let channel = try await bootstrap.bind(
                    host: host,
                    port: port,
                    childChannelInitializer: Door.take
                )
                let bound = channel.channel.localAddress?.port ?? port
                return Door(
                    address: .network(host: host, port: bound),
                    names: Door.names(host, bound, channel.channel.localAddress?.ipAddress),
                    channel: channel
                )
            }
        } catch let failure as Failure { throw failure } catch {
            let isTaken = (error as? IOError)?.errnoCode == EADDRINUSE
            throw Failure(
                isTaken ? .locked : .storage,
                isTaken ? "another process listens on \(address)" : "cannot listen on \(address)",
                hint: isTaken ? "choose another address with --listen" : nil,
                cause: isTaken
                    ? nil
                    : (error as? IOError).map { unsafe String(cString: strerror($0.errnoCode)) }
                        ?? "\(error)"
            )
        }
    }

    /// The names of a port: how it was written, its address, and those of loopback if it is one of them.
    private static func names(_ host: String, _ port: Int, _ address: String?) -> Set<String> {
        var hosts: Set<String> = [host.lowercased()]
        if let address { hosts.insert(address.lowercased()) }
        if DoorAddress.network(host: host, port: port).isLocal {
            hosts.formUnion(["localhost", host.contains(":") ? "::1" : "127.0.0.1"])
        }
        return Set(hosts.map { DoorAddress.network(host: $0, port: port).description })
    }

    /// Takes over a socket that listens already, which a service manager opened.
    ///
    /// - Throws: ``Failure`` with `storage` if it is no such socket.
    static func adopt(_ descriptor: Int32) async throws -> Door {
        do {
            let channel = try await Door.bootstrap.bind(
                descriptor,
                childChannelInitializer: Door.take
            )
            guard let local = channel.channel.localAddress else {
                throw Failure(.storage, "the socket \(descriptor) has no address")
            }
            guard let port = local.port, let host = local.ipAddress else {
                let address = DoorAddress.socket(path: local.pathname ?? "")
                return Door(address: address, names: [], channel: channel, isAdopted: true)
            }
            return Door(
                address: .network(host: host, port: port),
                names: Door.names(host, port, host),
                channel: channel,
                isAdopted: true
            )
        } catch let failure as Failure { throw failure } catch {
            throw Failure(
                .storage,
                "the descriptor \(descriptor) is no socket that listens",
                cause: "\(error)"
            )
        }
    }

    /// Nothing of a connection is read before somebody takes it over.
    private static var bootstrap: ServerBootstrap {
        ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
    }

    private static let take: @Sendable (any Channel) -> EventLoopFuture<any Channel> = {
        $0.eventLoop.makeSucceededFuture($0)
    }

    /// Removes a socket that no process serves.
    private static func makeRoom(at path: String) throws(Failure) {
        let status: FileStatus?
        do throws(Errno) { status = try FileStatus.named(path) } catch {
            throw Failure(error, "cannot look for \(path)", of: .home)
        }
        guard let status else { return }
        guard status.kind == .special, status.owner == getuid() else {
            throw Failure(
                .exists,
                "\(path) exists and is no socket of this user",
                hint: "choose another path with --listen unix:PATH"
            )
        }
        guard !SocketProbe.isServed(path) else {
            throw Failure(
                .locked,
                "another process listens on unix:\(path)",
                hint: "choose another path with --listen unix:PATH"
            )
        }
        unsafe unlink(path)
    }

    /// Answers connections until the task is cancelled; then no further ones are accepted, and requests that are
    /// being answered end.
    ///
    /// - Parameters:
    ///   - limit: How many connections there may be at once; further ones are closed.
    ///   - handle: Answers the requests of a connection until it is closed.
    /// - Throws: `CancellationError`, or an error of the socket.
    func serve(
        limit: ConnectionLimit,
        handle: @escaping @Sendable (any Channel) async -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await channel.executeThenClose { connections in
                for try await connection in connections {
                    guard limit.take() else {
                        connection.close(promise: nil)
                        continue
                    }
                    group.addTask {
                        await handle(connection)
                        limit.giveBack()
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Removes the socket from its directory, if it is one.
    func remove() {
        if case .socket(let path) = address, !isAdopted { unsafe unlink(path) }
    }
}
