import Foundation

/// A port on loopback where the kernel takes connections and nobody ever says a word.
struct MuteSocket {
    /// Its port.
    let port: Int
    private let listener: Int32
    private let callers: [Int32]

    private struct Refused: Error { let call: String }

    /// Opens one that takes two connections.
    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = MuteSocket.loopback(port: 0)
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 1) == 0 else { throw Refused(call: "listen") }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length)
            }
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        callers = (0..<4).map { _ in
            socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        }
    }

    /// Makes enough connections that the kernel takes no more.
    func fill() throws {
        for caller in callers {
            var address = MuteSocket.loopback(port: port)
            let status = unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard status == 0 || errno == EINPROGRESS else { throw Refused(call: "connect") }
        }
    }

    /// Ends all of it.
    func close() {
        for descriptor in callers + [listener] { Glibc.close(descriptor) }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
