import Glibc

/// Tells addresses of the public internet from those of this machine, of private networks and of none at all.
///
/// What the registries of special addresses (RFC 6890 and its successors) do not call reachable from everywhere is
/// not public. An IPv6 address that stands for an IPv4 address is judged by that one.
package enum PublicAddress {
    /// The addresses that begin with the same bits.
    private struct Block {
        let bytes: [UInt8]
        let bits: Int

        init(_ bytes: [UInt8], _ bits: Int) {
            self.bytes = bytes
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            let whole = bits / 8
            guard address.count > whole, address.prefix(whole) == bytes.prefix(whole) else {
                return false
            }
            let mask = ~(UInt8.max >> UInt8(bits % 8))
            return mask == 0 || address[whole] & mask == bytes[whole] & mask
        }
    }

    /// What of IPv4 is not public.
    private static let special4: [Block] = [
        Block([0], 8),  // this network
        Block([10], 8),  // private
        Block([100, 64], 10),  // between a provider and its customers
        Block([127], 8),  // this machine
        Block([169, 254], 16),  // link-local; what clouds tell their machines
        Block([172, 16], 12),  // private
        Block([192, 0, 0], 24),  // protocols
        Block([192, 0, 2], 24),  // documentation
        Block([192, 88, 99], 24),  // relays of 6to4
        Block([192, 168], 16),  // private
        Block([198, 18], 15),  // measurements
        Block([198, 51, 100], 24),  // documentation
        Block([203, 0, 113], 24),  // documentation
        Block([224], 4),  // multicast
        Block([240], 4),  // reserved; broadcast
    ]

    /// What of IPv6 is global unicast: `2000::/3`.
    private static let global = Block([0x20], 3)

    /// What of it is not public all the same.
    private static let special6: [Block] = [
        Block([0x20, 0x01, 0x00], 23),  // protocols; Teredo, which hides an IPv4 address
        Block([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation
        Block([0x3F, 0xFF, 0x00], 20),  // documentation
    ]

    /// What of IPv6 stands for an IPv4 address, and the byte at which that begins.
    private static let carriers: [(block: Block, start: Int)] = [
        (Block([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF], 96), 12),  // mapped
        (Block([0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8), 96), 12),  // NAT64
        (Block([0x20, 0x02], 16), 2),  // 6to4
    ]

    /// Whether an address is public; `bytes` are its 4 or 16 in network order.
    package static func includes(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: return !special4.contains { $0.contains(bytes) }
        case 16:
            if let carrier = carriers.first(where: { $0.block.contains(bytes) }) {
                return includes(Array(bytes[carrier.start..<carrier.start + 4]))
            }
            return global.contains(bytes) && !special6.contains { $0.contains(bytes) }
        default: return false
        }
    }

    /// Whether the host of a URL is known not to be public without asking anybody: an address that is not, or a
    /// name of this machine (RFC 6761 §6.3).
    ///
    /// Any other name may still lead to such an address.
    package static func excludes(host: String) -> Bool {
        if let bytes = bytes(host) { return !includes(bytes) }
        var labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true { labels.removeLast() }
        return labels.last == "localhost"
    }

    /// The bytes of an IP address in network order; nil for a host name.
    private static func bytes(_ host: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, host, &bytes) == 1 { return bytes }
        }
        return nil
    }

    /// The failure of a job that may fetch from public addresses alone and was led to another host.
    package static func refusal(of host: String) -> Failure {
        Failure(
            .refused,
            "\(host) is an address of this machine or of a private network, and a job that was handed in with a"
                + " token of the scope submit may not fetch from there",
            hint: "private-addresses = \"allow\" in the profile lets such jobs fetch from there"
        )
    }
}
