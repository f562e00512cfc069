extension TOMLScanner {
    /// A value that was stepped over.
    struct ScannedValue {
        /// Where it stands, without blanks around it.
        var range: Range<Int>
        /// Where the items of the outermost list begin.
        var items: [Int] = []
        /// How many dots stand in keys of inline tables.
        var dots = 0
        /// The first thing that does not belong there; what follows it was not looked at.
        var stray: Stray?
    }

    /// Something in a value that TOML does not allow there.
    struct Stray {
        var offset: Int
        var message: String
        var hint: String?
    }

    /// Steps over a value: a string, a list, an inline table or a word.
    mutating func readValue() -> ScannedValue {
        var value = ScannedValue(range: offset..<offset)
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
        case UInt8(ascii: "["), UInt8(ascii: "{"): skipBrackets(into: &value)
        default: skipWord(upTo: "\n#", into: &value)
        }
        value.range = value.range.lowerBound..<offset
        return value
    }

    /// Steps over something without quotes; blanks inside belong to it, blanks behind it do not.
    private mutating func skipWord(upTo terminators: String, into value: inout ScannedValue) {
        let start = offset
        while let byte = peek(), !terminators.utf8.contains(byte) { offset += 1 }
        while offset > start, " \t\r".utf8.contains(bytes[offset - 1]) { offset -= 1 }
        guard offset > start, !TOMLWord.isValue(bytes[start..<offset]) else { return }
        value.stray = Stray(
            offset: start,
            message: "this is not a TOML value",
            hint: "a text stands in quotes"
        )
    }

    /// A list or inline table that is open, and what may come next in it.
    private struct Bracket {
        var isList: Bool
        var next: Expectation

        enum Expectation {
            case value
            case comma
            case key
            case equals
        }

        var closing: UInt8 { isList ? UInt8(ascii: "]") : UInt8(ascii: "}") }
        var first: Expectation { isList ? .value : .key }
        var mayClose: Bool { next == .comma || next == first }

        init(opening: UInt8) {
            isList = opening == UInt8(ascii: "[")
            next = isList ? .value : .key
        }

        var wanted: String {
            switch next {
            case .value: isList ? "a value or ]" : "a value"
            case .comma: "a comma or \(isList ? "]" : "}")"
            case .key: "a key or }"
            case .equals: "="
            }
        }
    }

    private mutating func skipBrackets(into value: inout ScannedValue) {
        guard let opening = peek() else { return }
        offset += 1
        var open = [Bracket(opening: opening)]
        while var bracket = open.popLast() {
            skipSpace()
            guard let byte = peek() else { return }
            if byte == bracket.closing, bracket.mayClose {
                offset += 1
                continue
            }
            switch (bracket.next, byte) {
            case (.comma, UInt8(ascii: ",")):
                offset += 1
                bracket.next = bracket.first
            case (.equals, UInt8(ascii: "=")):
                offset += 1
                bracket.next = .value
            case (.key, _):
                guard let path = readKeyPath() else { return stop(bracket, &value) }
                value.dots += path.count - 1
                bracket.next = .equals
            case (.value, _):
                if bracket.isList, open.isEmpty { value.items.append(offset) }
                bracket.next = .comma
                open.append(bracket)
                guard enter(byte, &open, &value) else { return }
                continue
            default: return stop(bracket, &value)
            }
            open.append(bracket)
        }
    }

    /// Steps over a value in brackets, or into it if it has brackets of its own; whether nothing
    /// stray was found.
    private mutating func enter(
        _ byte: UInt8,
        _ open: inout [Bracket],
        _ value: inout ScannedValue
    ) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            offset += 1
            open.append(Bracket(opening: byte))
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
        default:
            let start = offset
            skipWord(upTo: "\n#=,]}", into: &value)
            if offset == start, var bracket = open.popLast() {
                bracket.next = .value
                stop(bracket, &value)
            }
        }
        return value.stray == nil
    }

    private func stop(_ bracket: Bracket, _ value: inout ScannedValue) {
        value.stray = Stray(offset: offset, message: "\(bracket.wanted) is expected here")
    }
}
