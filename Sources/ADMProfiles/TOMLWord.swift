/// What may stand in TOML without quotes: `true`, numbers, dates and times.
///
/// The parser (TOMLKit 0.6.0) aborts the process on some words that only begin like a date, such as
/// `1979-05-27Tx`, so that only words of a known shape may reach it.
enum TOMLWord {
    /// Whether the word has the shape of a value (TOML 1.0.0, "Boolean" to "Local Time").
    ///
    /// The parser still judges what the shape does not say: leading zeros, the 30th of February.
    static func isValue(_ word: ArraySlice<UInt8>) -> Bool {
        isNamed(word) || isNumber(word) || isDate(word)
    }

    private static func isNamed(_ word: ArraySlice<UInt8>) -> Bool {
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) { return true }
        let unsigned = withoutSign(word)
        return unsigned.elementsEqual("inf".utf8) || unsigned.elementsEqual("nan".utf8)
    }

    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        let prefixes: [(String, String)] = [
            ("0x", "0123456789abcdefABCDEF"), ("0o", "01234567"), ("0b", "01"),
        ]
        for (prefix, digits) in prefixes where word.starts(with: prefix.utf8) {
            var rest = word.dropFirst(2)
            return takeDigits(&rest, digits) && rest.isEmpty
        }
        let decimal = "0123456789"
        var rest = withoutSign(word)
        guard takeDigits(&rest, decimal) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits(&rest, decimal) else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = withoutSign(rest.dropFirst())
            guard takeDigits(&rest, decimal) else { return false }
        }
        return rest.isEmpty
    }

    private static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
        let shape = word.prefix(64).map { byte -> UInt8 in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? UInt8(ascii: "0") : byte
        }
        guard word.count == shape.count else { return false }
        var rest = shape[...]
        if take(&rest, "0000-00-00") {
            if rest.isEmpty { return true }
            guard let mark = rest.popFirst(), "Tt ".utf8.contains(mark) else { return false }
            guard takeTime(&rest) else { return false }
            return rest.isEmpty || rest.elementsEqual("Z".utf8) || rest.elementsEqual("z".utf8)
                || rest.elementsEqual("+00:00".utf8) || rest.elementsEqual("-00:00".utf8)
        }
        return takeTime(&rest) && rest.isEmpty
    }

    private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard take(&rest, "00:00:00") else { return false }
        guard rest.first == UInt8(ascii: ".") else { return true }
        rest = rest.dropFirst()
        let digits = rest.prefix { $0 == UInt8(ascii: "0") }
        rest = rest.dropFirst(digits.count)
        return !digits.isEmpty
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, _ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    /// Takes digits with single underscores between them.
    private static func takeDigits(_ rest: inout ArraySlice<UInt8>, _ digits: String) -> Bool {
        var wantsDigit = true
        while let byte = rest.first {
            if digits.utf8.contains(byte) {
                wantsDigit = false
            } else if byte == UInt8(ascii: "_"), !wantsDigit {
                wantsDigit = true
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        return !wantsDigit
    }

    private static func withoutSign(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        word.first.map { "+-".utf8.contains($0) } == true ? word.dropFirst() : word
    }
}
