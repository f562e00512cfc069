/// How strings are written in TOML.
enum TOMLText {
    /// The text as a basic string on one line (TOML 1.0.0, "String").
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The texts as a list on one line.
    static func list(_ texts: [String]) -> String {
        "[" + texts.map(quote).joined(separator: ", ") + "]"
    }

    /// The text that stands between the quotes of a basic string; nil for an unknown escape.
    static func unescape(_ bytes: [UInt8]) -> String? {
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        var result = String.UnicodeScalarView()
        while let scalar = scalars.popFirst() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch scalars.popFirst() {
            case "b": result.append("\u{8}")
            case "t": result.append("\t")
            case "n": result.append("\n")
            case "f": result.append("\u{C}")
            case "r": result.append("\r")
            case "\"": result.append("\"")
            case "\\": result.append("\\")
            case let mark? where mark == "u" || mark == "U":
                let count = mark == "u" ? 4 : 8
                let digits = String(String.UnicodeScalarView(scalars.prefix(count)))
                scalars = scalars.dropFirst(count)
                guard digits.unicodeScalars.count == count, let value = UInt32(digits, radix: 16),
                    let character = Unicode.Scalar(value)
                else { return nil }
                result.append(character)
            default: return nil
            }
        }
        return String(result)
    }
}
