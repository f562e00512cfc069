import Foundation
import Glibc

/// The host of a URL, brought into the one form in which it is stored and compared (WHATWG URL, host parsing).
enum URLHost {
    /// An IPv6 address, without its brackets, as RFC 5952 writes it.
    static func address(_ text: String) throws(URLText.Fault) -> String {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { throw .badHost }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard
            unsafe inet_ntop(AF_INET6, &address, &buffer, socklen_t(INET6_ADDRSTRLEN)) != nil
        else { throw .badHost }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A name as DNS writes it, labels that are not empty, 253 bytes at most (RFC 1035 §2.3.4), or an IPv4
    /// address in any of its forms.
    static func name(_ text: String) throws(URLText.Fault) -> String {
        var name = try decoded(text).lowercased()
        if !name.utf8.allSatisfy({ $0 < 0x80 }) {
            guard let encoded = URLComponents(string: "http://\(name)/")?.encodedHost else {
                throw .badHost
            }
            name = encoded.lowercased()
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        // A dot at the end says that the name is complete.
        let named = labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
        let isName = name.utf8.allSatisfy {
            URLText.isLetter($0) || URLText.isDigit($0) || "-._~!$&'()*+,;=".utf8.contains($0)
        }
        guard isName, name.utf8.count <= 253, !named.isEmpty, named.allSatisfy({ !$0.isEmpty })
        else { throw .badHost }
        // A name whose last label is a number can only be an address.
        guard let last = named.last, isNumber(last) else { return name }
        return try numbers(Array(named))
    }

    /// The name with its percent escapes decoded.
    private static func decoded(_ text: String) throws(URLText.Fault) -> String {
        guard text.utf8.contains(0x25) else { return text }
        guard let name = text.removingPercentEncoding else { throw .badHost }
        return name
    }

    private static func isNumber(_ label: Substring) -> Bool {
        let digits = label.utf8.dropFirst(label.hasPrefix("0x") ? 2 : 0)
        return digits.allSatisfy(URLText.isDigit)
            || (label.hasPrefix("0x") && digits.allSatisfy { HexText.value($0) != nil })
    }

    /// An IPv4 address of one to four numbers, the last of which fills the bytes that are left.
    private static func numbers(_ parts: [Substring]) throws(URLText.Fault) -> String {
        let values = parts.compactMap(number)
        guard values.count == parts.count, parts.count <= 4, let last = values.last,
            values.dropLast().allSatisfy({ $0 <= 255 }),
            last < 1 << (8 * UInt64(5 - parts.count))
        else { throw .badHost }
        var address = last
        for (index, value) in values.dropLast().enumerated() {
            address += value << (8 * UInt64(3 - index))
        }
        return [24, 16, 8, 0].map { "\((address >> UInt64($0)) & 255)" }.joined(separator: ".")
    }

    /// A number in decimal, in hexadecimal behind `0x`, or in octal behind `0`; nil if it is none, or larger than
    /// an address.
    private static func number(_ text: Substring) -> UInt64? {
        var digits = text
        var radix = 10
        if digits.hasPrefix("0x") {
            digits = digits.dropFirst(2)
            radix = 16
        } else if digits.count > 1, digits.hasPrefix("0") {
            digits = digits.dropFirst()
            radix = 8
        }
        if digits.isEmpty { return radix == 10 ? nil : 0 }
        guard digits.first != "-", digits.first != "+", let value = UInt64(digits, radix: radix),
            value <= UInt64(UInt32.max)
        else { return nil }
        return value
    }
}
