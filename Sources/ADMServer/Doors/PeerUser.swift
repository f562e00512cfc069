import Glibc
import NIOCore

/// The user of the process at the other end of a Unix socket (SO_PEERCRED, unix(7)).
enum PeerUser {
    /// What the kernel says of it: `struct ucred`.
    private struct Record: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// Whether the process at the other end of a connection is this user's.
    static func isOwn(_ channel: any Channel) async -> Bool {
        guard case .unixDomainSocket = channel.localAddress,
            let options = channel as? any SocketOptionProvider
        else { return false }
        let found: EventLoopFuture<Record> = options.unsafeGetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        )
        guard let record = try? await found.get() else { return false }
        return record.user == getuid()
    }
}
