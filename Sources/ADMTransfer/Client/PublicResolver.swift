import ADMModel
import Dispatch
import Glibc
import NIOCore
import NIOPosix

/// Looks up names and leaves out every address that is not public; an address is judged as it stands.
///
/// The connection goes to one of the addresses that it gives and nothing is looked up again, so that a name server
/// which answers otherwise the next time gains nothing.
struct PublicResolver: Resolver, Sendable {
    /// Where answers arrive.
    let loop: any EventLoop

    /// There is no such name, or it has no address of the family.
    private struct NotFound: Error {}

    /// Looks up the IPv4 addresses of a host.
    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        lookUp(host, port, AF_INET)
    }

    /// Looks up the IPv6 addresses of a host.
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        lookUp(host, port, AF_INET6)
    }

    /// What blocks in the system cannot be cancelled.
    func cancelQueries() {}

    private func lookUp(
        _ host: String,
        _ port: Int,
        _ family: Int32
    ) -> EventLoopFuture<[SocketAddress]> {
        let promise = loop.makePromise(of: [SocketAddress].self)
        DispatchQueue.global(qos: .userInitiated).async {
            promise.completeWith(
                Result { try PublicResolver.choose(Self.addresses(of: host, port, family), host) }
            )
        }
        return promise.futureResult
    }

    /// Keeps what is public.
    ///
    /// - Throws: ``Failure`` with `refused` if nothing is left of what there was.
    static func choose(
        _ addresses: [SocketAddress],
        _ host: String
    ) throws -> [SocketAddress] {
        let chosen = addresses.filter { PublicAddress.includes(bytes(of: $0)) }
        guard !chosen.isEmpty || addresses.isEmpty else { throw PublicAddress.refusal(of: host) }
        return chosen
    }

    /// Asks the system (`man 3 getaddrinfo`).
    private static func addresses(
        of host: String,
        _ port: Int,
        _ family: Int32
    ) throws -> [SocketAddress] {
        var hint = unsafe addrinfo()
        unsafe hint.ai_family = family
        unsafe hint.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hint.ai_protocol = Int32(IPPROTO_TCP)
        var first: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, "\(port)", &hint, &first) == 0 else { throw NotFound() }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            let info = unsafe entry.pointee
            unsafe next = info.ai_next
            guard let address = unsafe UnsafeRawPointer(info.ai_addr) else { continue }
            switch unsafe info.ai_family {
            case AF_INET:
                let found = unsafe address.loadUnaligned(as: sockaddr_in.self)
                addresses.append(SocketAddress(found, host: host))
            case AF_INET6:
                let found = unsafe address.loadUnaligned(as: sockaddr_in6.self)
                addresses.append(SocketAddress(found, host: host))
            default: break
            }
        }
        return addresses
    }

    /// The bytes of an IP address in network order; none for an address of another kind.
    private static func bytes(of address: SocketAddress) -> [UInt8] {
        switch address {
        case .v4(let address):
            unsafe withUnsafeBytes(of: address.address.sin_addr) { unsafe Array($0) }
        case .v6(let address):
            unsafe withUnsafeBytes(of: address.address.sin6_addr) { unsafe Array($0) }
        case .unixDomainSocket: []
        }
    }
}
