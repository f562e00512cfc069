import Glibc

/// The address of a Unix socket (unix(7)).
struct UnixSocketAddress: Sendable {
    /// The bytes of its name; the first is 0 for one that is not in the file system.
    private let name: [UInt8]

    /// Takes a path, or a name after `@` for one that is not in the file system; nil if it does not fit.
    init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 107, !bytes.contains(0) else { return nil }
        guard first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        name = bytes
    }

    /// Calls `body` with the address as the kernel takes it.
    func withAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let isAbstract = name.first == 0
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = isAbstract ? start + name.count : MemoryLayout<sockaddr_un>.size
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length))
            }
        }
    }
}
