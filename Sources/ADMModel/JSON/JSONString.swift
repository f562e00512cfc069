/// How JSON writes strings (RFC 8259 §7); TOML 1.0 reads the same text as a basic string.
///
/// Control characters and those that change the direction of writing are always escaped, so that what is
/// printed to a terminal cannot steer it.
package enum JSONString {
    /// The text with its quotation marks.
    package static func quoted(_ text: String) -> String {
        var result = ""
        append(text, to: &result)
        return result
    }

    /// Appends the text with its quotation marks.
    ///
    /// Most texts are plain ASCII and are appended as they are.
    package static func append(_ text: String, to result: inout String) {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            unsafe bytes.allSatisfy { 0x20 <= $0 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        }
        result += "\""
        if isPlain { result += text } else { appendEscaping(text, to: &result) }
        result += "\""
    }

    private static func appendEscaping(_ text: String, to result: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isHarmful(scalar): result += escaped(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    package static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// All of them are in the basic plane, so four digits are enough.
    package static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
