import ADMModel
import Foundation

/// A dictionary, as HTTP fields hold it (RFC 9651 §3.2).
struct StructuredDictionary: Sendable, Hashable {
    /// One value.
    enum BareItem: Sendable, Hashable {
        case integer(Int64)
        /// In thousandths.
        case decimal(Int64)
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)
        /// In seconds since 1970.
        case date(Int64)
        case display(String)
    }

    /// A key and what it stands for.
    struct Entry<Value: Sendable & Hashable>: Sendable, Hashable {
        let key: String
        var value: Value
    }

    /// A value with its parameters.
    struct Item: Sendable, Hashable {
        var value: BareItem
        var parameters: [Entry<BareItem>] = []
    }

    /// What a key stands for.
    enum Member: Sendable, Hashable {
        case item(Item)
        case list([Item], parameters: [Entry<BareItem>])
    }

    /// The keys in their order, each once, with the value that it was given last.
    private(set) var members: [Entry<Member>] = []

    /// Reads a field (RFC 9651 §4.2); several fields of one name are joined with commas before.
    ///
    /// - Returns: nil if the field breaks the grammar anywhere.
    init?(_ text: String) {
        var parser = StructuredParser(bytes: Array(text.utf8))
        guard let members = parser.dictionary() else { return nil }
        self.members = members
    }

    /// What a key stands for; nil if it is not there.
    subscript(key: String) -> Member? { members.first { $0.key == key }?.value }
}

/// Reads the grammar of RFC 9651 §4.2, byte by byte; nil means that it is broken.
private struct StructuredParser {
    typealias Field = StructuredDictionary

    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ blanks: Set<UInt8>) {
        while let byte = next, blanks.contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func take(while isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while let byte = next, isWanted(byte) { position += 1 }
        return bytes[start..<position]
    }

    // MARK: - Dictionaries, lists and parameters

    mutating func dictionary() -> [Field.Entry<Field.Member>]? {
        var members: [Field.Entry<Field.Member>] = []
        var places: [String: Int] = [:]
        skip([0x20])
        while next != nil {
            guard let key = key(), let member = member() else { return nil }
            if let place = places[key] {
                members[place].value = member
            } else {
                places[key] = members.count
                members.append(Field.Entry(key: key, value: member))
            }
            skip([0x20, 0x09])
            guard next != nil else { return members }
            guard take(",") else { return nil }
            skip([0x20, 0x09])
            guard next != nil else { return nil }
        }
        return members
    }

    private mutating func member() -> Field.Member? {
        guard take("=") else {
            return parameters().map { .item(Field.Item(value: .boolean(true), parameters: $0)) }
        }
        guard take("(") else { return item().map(Field.Member.item) }
        var items: [Field.Item] = []
        while true {
            skip([0x20])
            if take(")") { return parameters().map { .list(items, parameters: $0) } }
            guard let item = item(), next == 0x20 || next == UInt8(ascii: ")") else { return nil }
            items.append(item)
        }
    }

    private mutating func item() -> Field.Item? {
        guard let value = bareItem(), let parameters = parameters() else { return nil }
        return Field.Item(value: value, parameters: parameters)
    }

    private mutating func parameters() -> [Field.Entry<Field.BareItem>]? {
        var found: [Field.Entry<Field.BareItem>] = []
        while take(";") {
            skip([0x20])
            guard let key = key() else { return nil }
            var value = Field.BareItem.boolean(true)
            if take("=") {
                guard let given = bareItem() else { return nil }
                value = given
            }
            if let place = found.firstIndex(where: { $0.key == key }) {
                found[place].value = value
            } else {
                found.append(Field.Entry(key: key, value: value))
            }
        }
        return found
    }

    private mutating func key() -> String? {
        guard let first = next, first.isLower || first == UInt8(ascii: "*") else { return nil }
        return take { $0.isLower || $0.isDigit || "_-.*".utf8.contains($0) }.string
    }

    // MARK: - Values

    private mutating func bareItem() -> Field.BareItem? {
        switch next {
        case UInt8(ascii: "\""): return string().map(Field.BareItem.string)
        case UInt8(ascii: ":"): return byteSequence().map(Field.BareItem.bytes)
        case UInt8(ascii: "?"): return boolean()
        case UInt8(ascii: "@"):
            position += 1
            guard case .integer(let seconds) = number() else { return nil }
            return .date(seconds)
        case UInt8(ascii: "%"): return display().map(Field.BareItem.display)
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: return number()
        case let byte? where byte == UInt8(ascii: "*") || byte.isLetter:
            return .token(take { $0.isTokenByte || $0 == UInt8(ascii: ":") || $0 == 0x2F }.string)
        default: return nil
        }
    }

    private mutating func number() -> Field.BareItem? {
        let sign: Int64 = take("-") ? -1 : 1
        let whole = take { $0.isDigit }
        guard !whole.isEmpty else { return nil }
        guard take(".") else {
            guard whole.count <= 15 else { return nil }
            return Int64(whole.string).map { .integer(sign * $0) }
        }
        let fraction = take { $0.isDigit }
        guard whole.count <= 12, (1...3).contains(fraction.count) else { return nil }
        let digits = whole.string + fraction.string
        let padded = digits + String(repeating: "0", count: 3 - fraction.count)
        return Int64(padded).map { .decimal(sign * $0) }
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while var byte = next {
            position += 1
            if byte == UInt8(ascii: "\"") { return text[...].string }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = next, [0x22, 0x5C].contains(escaped) else { return nil }
                position += 1
                byte = escaped
            }
            guard (0x20...0x7E).contains(byte) else { return nil }
            text.append(byte)
        }
        return nil
    }

    private mutating func byteSequence() -> [UInt8]? {
        guard take(":") else { return nil }
        var encoded = take { $0 != UInt8(ascii: ":") }.string
        guard take(":") else { return nil }
        // Padding may be missing (RFC 9651 §4.2.7).
        while encoded.utf8.count % 4 != 0 { encoded += "=" }
        return Data(base64Encoded: encoded).map { Array($0) }
    }

    private mutating func boolean() -> Field.BareItem? {
        guard take("?") else { return nil }
        if take("1") { return .boolean(true) }
        return take("0") ? .boolean(false) : nil
    }

    private mutating func display() -> String? {
        guard take("%"), take("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = next, (0x20...0x7E).contains(byte) {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "%") else {
                text.append(byte)
                continue
            }
            let digits = bytes[position...].prefix(2)
            guard digits.allSatisfy({ $0.isDigit || (0x61...0x66).contains($0) }),
                let value = HexText.percentByte(bytes, at: position - 1)
            else { return nil }
            position += 2
            text.append(value)
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isLower: Bool { (0x61...0x7A).contains(self) }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLetter: Bool { isLower || (0x41...0x5A).contains(self) }
    /// Whether it may stand in a token of HTTP (RFC 9110 §5.6.2).
    fileprivate var isTokenByte: Bool {
        isLetter || isDigit || "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var string: String { String(decoding: self, as: UTF8.self) }
}
