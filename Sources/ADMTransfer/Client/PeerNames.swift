import Glibc
import NIOSSL

/// The names that a certificate vouches for, and whether a host is among them.
///
/// RFC 9525 §6: a host name is compared with the dNSName entries, an IP address with the iPAddress entries,
/// and nothing else counts, neither the address of the socket nor the common name of the subject.
struct PeerNames: Sendable, Hashable {
    /// The dNSName entries, as bytes.
    var dnsNames: [[UInt8]]
    /// The iPAddress entries: 4 or 16 bytes in network order.
    var addresses: [[UInt8]]

    /// Takes names and addresses.
    init(dnsNames: [[UInt8]] = [], addresses: [[UInt8]] = []) {
        self.dnsNames = dnsNames
        self.addresses = addresses
    }

    /// Reads the subject alternative names of a certificate (RFC 5280 §4.2.1.6).
    init(_ certificate: NIOSSLCertificate) {
        self.init()
        for name in certificate._subjectAlternativeNames() {
            let bytes = unsafe name.contents.withUnsafeBufferPointer { unsafe Array($0) }
            switch name.nameType {
            case .dnsName: dnsNames.append(bytes)
            case .ipAddress: addresses.append(bytes)
            default: break
            }
        }
    }

    /// Whether the certificate is for a host: a name, or an IP address without brackets.
    func include(_ host: String) -> Bool {
        if let address = PeerNames.address(host) { return addresses.contains(address) }
        let wanted = PeerNames.labels(Array(host.utf8))
        guard let wanted else { return false }
        return dnsNames.contains { name in
            PeerNames.labels(name).map { PeerNames.matches($0, wanted) } ?? false
        }
    }

    /// The bytes of an IP address in network order; nil for a host name.
    static func address(_ host: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, host, &bytes) == 1 { return bytes }
        }
        return nil
    }

    /// The labels of a host name in lower case, without the dot of the root; nil for text that is none.
    private static func labels(_ name: [UInt8]) -> [[UInt8]]? {
        var name = name.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        if name.last == 0x2E { name.removeLast() }
        guard !name.isEmpty, name.count <= 253 else { return nil }
        let labels = name.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
        // Visible ASCII without a slash; a NUL in a name is an old way to deceive.
        let areNames = labels.allSatisfy { label in
            !label.isEmpty && label.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F }
        }
        return areNames ? labels : nil
    }

    /// Compares label by label; `*` stands for exactly one label, the first of at least three.
    private static func matches(_ pattern: [[UInt8]], _ host: [[UInt8]]) -> Bool {
        guard pattern.count == host.count else { return false }
        if pattern[0] == [0x2A] {
            return pattern.count >= 3 && pattern.dropFirst().elementsEqual(host.dropFirst())
        }
        // A wildcard elsewhere, or one that is part of a label, stands for nothing (RFC 9525 §6.3).
        return !pattern.contains { $0.contains(0x2A) } && pattern == host
    }
}

/// The certificate of the server is for other names than the one that was asked for.
struct WrongPeer: Error {
    /// The names that it is for, for people.
    let names: String

    init(_ names: PeerNames) {
        let dns = names.dnsNames.prefix(4).map { name in
            String(decoding: name.filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
        }
        let addresses = names.addresses.prefix(4).map(WrongPeer.text)
        let all = (dns + addresses).map { String($0.prefix(80)) }
        self.names = all.isEmpty ? "no name at all" : all.joined(separator: ", ")
    }

    private static func text(_ address: [UInt8]) -> String {
        if address.count == 4 { return address.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isText = unsafe address.withUnsafeBytes { bytes in
            guard bytes.count == 16 else { return false }
            return unsafe inet_ntop(
                AF_INET6,
                bytes.baseAddress,
                &buffer,
                socklen_t(INET6_ADDRSTRLEN)
            ) != nil
        }
        guard isText else { return "a malformed address" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }
}
