import ADMModel

/// How strings are written in TOML: one alone as ``JSONString`` writes it.
enum TOMLText {
    /// The texts as a list on one line.
    static func list(_ texts: [String]) -> String {
        "[" + texts.map { JSONString.quoted($0) }.joined(separator: ", ") + "]"
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
