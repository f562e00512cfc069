/// Takes a `Content-Disposition` field apart, as servers write it.
///
/// It is lenient as browsers are: values may lack their quotes or the second of them, parameters may be
/// empty, and the disposition may be missing.
struct DispositionScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next parameter, its name in lower case; a disposition is a parameter without a value.
    mutating func next() -> (name: String, value: [UInt8])? {
        skip { DispositionScanner.isSpace($0) || $0 == UInt8(ascii: ";") }
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "\"") {
            _ = quoted()
            return ("", [])
        }
        let name = take { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
        let word = String(decoding: DispositionScanner.trimmed(name), as: UTF8.self).lowercased()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return (word, []) }
        index += 1
        skip(DispositionScanner.isSpace)
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            return (word, quoted())
        }
        // Servers write names with spaces and no quotes; everything up to the semicolon is it.
        let value = DispositionScanner.trimmed(take { $0 != UInt8(ascii: ";") })
        return (word, DispositionScanner.withoutNextField(value))
    }

    /// A quoted string with its pairs resolved; one that is never closed ends with the field.
    private mutating func quoted() -> [UInt8] {
        var value: [UInt8] = []
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
            value.append(bytes[index])
            index += 1
        }
        skip { $0 != UInt8(ascii: ";") }
        return value
    }

    /// A value without the disposition of a second field that was joined to its own (RFC 9110 §5.3).
    private static func withoutNextField(_ value: [UInt8]) -> [UInt8] {
        guard let comma = value.lastIndex(of: UInt8(ascii: ",")) else { return value }
        let rest = String(decoding: trimmed(Array(value[(comma + 1)...])), as: UTF8.self)
        guard ["attachment", "inline"].contains(rest.lowercased()) else { return value }
        return trimmed(Array(value[..<comma]))
    }

    private mutating func skip(_ condition: (UInt8) -> Bool) {
        while index < bytes.count, condition(bytes[index]) { index += 1 }
    }

    private mutating func take(_ condition: (UInt8) -> Bool) -> [UInt8] {
        let start = index
        skip(condition)
        return Array(bytes[start..<index])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var slice = bytes[...]
        while let first = slice.first, isSpace(first) { slice.removeFirst() }
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        return Array(slice)
    }
}
