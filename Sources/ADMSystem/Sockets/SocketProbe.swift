import Glibc

/// Finds out whether a process serves a Unix socket.
package enum SocketProbe {
    /// Whether somebody answers at a path; it connects and says nothing.
    package static func isServed(_ path: String) -> Bool {
        guard let address = UnixSocketAddress(path) else { return false }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return false }
        defer { close(number) }
        return unsafe address.withAddress { unsafe connect(number, $0, $1) == 0 }
    }
}
