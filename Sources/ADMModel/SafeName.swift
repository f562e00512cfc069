import Foundation

/// File names that are safe to use, no matter who wrote them.
///
/// A name from a server or a URL is data: it may try to leave the directory, hide its ending, break
/// a terminal or pass for an option. What comes out of here is one component of at most 240 bytes
/// that does none of these, in Unicode normal form C.
package enum SafeName {
    /// The longest name made here, in bytes: room for ` (123)` below the usual limit of 255.
    static let limit = 240

    /// The name of the directory for partial files inside a download directory.
    package static let partsDirectory = ".adm-part"

    /// Makes a safe name of the last segment of a URL's path.
    ///
    /// Percent escapes are decoded once; those that are not UTF-8 stay as they are written.
    ///
    /// - Returns: nil if nothing usable is left: use ``fallback(for:)``.
    package static func fromURLSegment(_ percentEncoded: String) -> String? {
        fromHeader(decode(percentEncoded))
    }

    /// Makes a safe name of text that was decoded already, such as the name in a `Content-Disposition` field.
    ///
    /// - Returns: nil if nothing usable is left: use ``fallback(for:)``.
    package static func fromHeader(_ decoded: String) -> String? {
        if isSafe(decoded) { return decoded }
        // Scalars, because a slash with a combining mark is another character but the same byte.
        let visible = String(scalars: decoded.unicodeScalars.flatMap(shown))
            .precomposedStringWithCanonicalMapping
        let separators: Set<Unicode.Scalar> = ["/", "\\"]
        let reserved: Set<Unicode.Scalar> = ["<", ">", ":", "\"", "|", "?", "*"]
        let last =
            visible.unicodeScalars
            .split(omittingEmptySubsequences: false) { separators.contains($0) }.last ?? []
        var scalars = last.map { reserved.contains($0) ? "_" : $0 }
        while let end = scalars.last, end == "." || end.properties.isWhitespace {
            scalars.removeLast()
        }
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let name = String(scalars: scalars[start...])
        guard let first = name.unicodeScalars.first else { return nil }
        let needsPrefix = ["-", "~", "."].contains(first) || isDeviceName(name)
        return cut(needsPrefix ? "_" + name : name, to: limit)
    }

    /// Whether a name is one of those that stay as they are, as most do: short, of printed ASCII alone, without a
    /// blank or anything reserved, and no device.
    private static func isSafe(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count <= limit, let first = bytes.first, let last = bytes.last,
            first != 0x2D, first != 0x7E, first != 0x2E, last != 0x2E,
            bytes.allSatisfy(isPlain)
        else { return false }
        // All names of devices begin with one of these letters.
        let mayBeDevice = "CPANLcpanl".utf8.contains(first)
        return !mayBeDevice || !isDeviceName(name)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x2A, 0x2F, 0x3A, 0x3C, 0x3E, 0x3F, 0x5C, 0x7C: false
        default: (0x21...0x7E).contains(byte)
        }
    }

    /// Checks a name that a person gave with `--filename`; it is used as it was written.
    ///
    /// - Returns: The name.
    /// - Throws: ``Failure`` with `usage` that says what is wrong with it.
    package static func checkUserName(_ name: String) throws(Failure) -> String {
        func refuse(_ reason: String, _ hint: String? = nil) -> Failure {
            let shown = name.count > 80 ? "\(name.prefix(80))…" : name
            return Failure(.usage, "the file name \(shown.debugDescription) \(reason)", hint: hint)
        }
        guard !name.isEmpty else { throw refuse("is empty") }
        if name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" }) {
            throw refuse("holds a separator", "choose the directory with --dir")
        }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw refuse("holds a control character")
        }
        guard name != ".", name != ".." else { throw refuse("is a directory") }
        guard !isReserved(name) else { throw refuse("is reserved for adm's partial files") }
        guard name.utf8.count <= 255 else {
            throw refuse("has \(name.utf8.count) bytes", "file names have at most 255 bytes")
        }
        return name
    }

    /// A name for a job if neither server nor URL has one: `download-` and eight characters.
    package static func fallback(for id: JobID) -> String {
        "download-\(id.description.suffix(8))"
    }

    /// `name (2).ext`, shortened if it would be longer than a file system takes.
    package static func numbered(_ name: String, _ number: Int) -> String {
        let (stem, ending) = parts(of: name)
        let tail = " (\(number))" + ending
        return shorten(stem, to: 255 - tail.utf8.count) + tail
    }

    /// Whether a name can never be a download's: it is a directory, or adm's own.
    package static func isReserved(_ name: String) -> Bool {
        // File systems that fold case would take any spelling for adm's own directory.
        let folded = name.lowercased()
        return name.isEmpty || name == "." || name == ".."
            || folded == SafeName.partsDirectory
            || folded.hasPrefix(SafeName.partsDirectory + "-")
    }

    private static func decode(_ text: String) -> String {
        guard text.utf8.contains(0x25) else { return text }
        return escapingInvalid(HexText.percentDecoded(Array(text.utf8)))
    }

    /// The bytes as UTF-8, each that belongs to no character as `%XX`.
    private static func escapingInvalid(_ bytes: [UInt8]) -> String {
        var source = bytes.makeIterator()
        var position = bytes.startIndex
        var parser = Unicode.UTF8.ForwardParser()
        var text = String.UnicodeScalarView()
        while true {
            switch parser.parseScalar(from: &source) {
            case .valid(let encoded):
                text.append(Unicode.UTF8.decode(encoded))
                position += encoded.count
            case .error(let length):
                for byte in bytes[position..<position + length] {
                    text.append(
                        contentsOf: "%\(HexText.encode([byte]).uppercased())".unicodeScalars
                    )
                }
                position += length
            case .emptyInput:
                return String(text)
            }
        }
    }

    /// What of a character is kept.
    ///
    /// U+0080 to U+009F come from bytes in another encoding that were read as ISO 8859-1; the names of two
    /// files may differ in nothing else.
    private static func shown(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if (0x80...0x9F).contains(scalar.value) {
            let escape = "%" + HexText.encode([UInt8(scalar.value)]).uppercased()
            return Array(escape.unicodeScalars)
        }
        return isInvisible(scalar) ? [] : [scalar]
    }

    /// Control and format characters, line separators and letters without shape: they change how
    /// the rest of the name is shown.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default:
            scalar.properties.isDefaultIgnorableCodePoint
                && !scalar.properties.isVariationSelector
        }
    }

    /// Whether Windows and file systems shared with it take the name for a device.
    private static func isDeviceName(_ name: String) -> Bool {
        let stem = name.prefix { $0 != "." }.uppercased().filter { $0 != " " }
        if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(stem) { return true }
        guard stem.count == 4, stem.hasPrefix("COM") || stem.hasPrefix("LPT") else { return false }
        return stem.last.map { "0123456789¹²³".contains($0) } ?? false
    }

    /// The name and its ending with the dot, `.tar.gz` as one; an ending is short and has no space.
    private static func parts(of name: String) -> (stem: String, ending: String) {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return (name, "") }
        let ending = name[dot...]
        guard ending.utf8.count <= 20, ending.utf8.count > 1,
            !ending.contains(where: \.isWhitespace)
        else { return (name, "") }
        let stem = name[..<dot]
        if stem.hasSuffix(".tar"), stem.utf8.count > 4 {
            return (String(stem.dropLast(4)), ".tar" + ending)
        }
        return (String(stem), String(ending))
    }

    private static func cut(_ name: String, to limit: Int) -> String {
        guard name.utf8.count > limit else { return name }
        let (stem, ending) = parts(of: name)
        return shorten(stem, to: limit - ending.utf8.count) + ending
    }

    /// As many whole characters as fit; if not even one does, as many of its scalars as fit.
    private static func shorten(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var used = 0
        var kept = String(
            text.prefix { character in
                used += character.utf8.count
                return used <= limit
            }
        )
        if kept.isEmpty {
            used = 0
            let scalars = text.unicodeScalars.prefix { scalar in
                used += UTF8.width(scalar)
                return used <= limit
            }
            kept = String(scalars)
        }
        while let end = kept.last, end == "." || end.isWhitespace { kept.removeLast() }
        return kept
    }
}

extension String {
    fileprivate init(scalars: some Sequence<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
