import ADMTestServer
import Foundation
import Glibc

/// A connection to the daemon, on which a test says exactly what it wants to.
///
/// It is written and read on a thread of its own, so that no task waits in a system call.
final class DaemonConnection: Sendable {
    /// Where the daemon listens.
    enum Door: Sendable {
        /// A Unix socket.
        case socket(String)
        /// A port on loopback.
        case port(Int)

        /// What the `Host` field says of it.
        var host: String {
            switch self {
            case .socket: "adm"
            case .port(let port): "127.0.0.1:\(port)"
            }
        }
    }

    private struct Received: Sendable {
        var bytes = Data()
        var hasEnded = false
    }

    struct Refused: Error { let reason: String }

    private let descriptor: Int32
    private let received = ObservedState(Received())

    /// Connects.
    init(to door: Door) throws {
        let family =
            switch door {
            case .socket: AF_UNIX
            case .port: AF_INET
            }
        descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard DaemonConnection.connect(descriptor, to: door) else {
            throw Refused(reason: "cannot connect to \(door): error \(errno)")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends bytes, and begins to read what comes until the daemon ends the connection.
    func begin(_ bytes: Data) {
        Thread.detachNewThread { [self] in
            write(bytes)
            var part = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = unsafe part.withUnsafeMutableBytes {
                    unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
                }
                guard count > 0 else { break }
                let data = Data(part.prefix(count))
                received.update { $0.bytes.append(data) }
            }
            received.update { $0.hasEnded = true }
        }
    }

    /// Sends some bytes and does not read.
    func write(_ bytes: Data) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // The daemon may end the connection before it has all: what it said is read nevertheless.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends it.
    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The answer, as soon as it is whole.
    func answer() async throws -> DaemonAnswer {
        try await received.wait {
            DaemonAnswer($0.bytes, hasEnded: $0.hasEnded) != nil || $0.hasEnded
        }
        let (bytes, hasEnded) = received.read { ($0.bytes, $0.hasEnded) }
        guard let answer = DaemonAnswer(bytes, hasEnded: hasEnded) else {
            throw Refused(reason: "the daemon ended the connection after \(bytes.count) bytes")
        }
        return answer
    }

    /// Waits until the events of a stream that have come so far satisfy a condition.
    ///
    /// - Returns: Those events.
    /// - Throws: ``Refused`` if the stream ends without that.
    @discardableResult
    func events(
        until condition: @escaping @Sendable ([DaemonEvent]) -> Bool
    ) async throws -> [DaemonEvent] {
        try await received.wait { condition(DaemonEvent.all(in: $0.bytes)) || $0.hasEnded }
        let events = eventsSoFar
        guard condition(events) else {
            throw Refused(reason: "the stream ended after \(events.count) events")
        }
        return events
    }

    /// Waits until a stream has begun.
    func waitForOpening() async throws {
        try await received.wait {
            $0.bytes.range(of: Data("retry: ".utf8)) != nil || $0.hasEnded
        }
    }

    /// The events of a stream that have come so far.
    var eventsSoFar: [DaemonEvent] { received.read { DaemonEvent.all(in: $0.bytes) } }

    /// Waits until the daemon has ended the connection.
    func waitForEnd() async throws { try await received.wait { $0.hasEnded } }

    private static func connect(_ descriptor: Int32, to door: Door) -> Bool {
        switch door {
        case .socket(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < 108 else { return false }
            unsafe withUnsafeMutableBytes(of: &address.sun_path) {
                unsafe $0.copyBytes(from: Array(path.utf8))
            }
            return unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
                    return unsafe Glibc.connect(descriptor, $0, size) == 0
                }
            }
        case .port(let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
                    return unsafe Glibc.connect(descriptor, $0, size) == 0
                }
            }
        }
    }
}
