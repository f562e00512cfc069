package import ADMModel

/// A list of digests, as `sha256sum`, `md5sum` and the BSD tools write it.
package enum ChecksumList {
    private struct Entry {
        let checksum: Checksum
        let path: String

        /// The path without `./` in front.
        var relative: Substring {
            path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        }
        var lastComponent: Substring {
            path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        }
    }

    /// Finds the digest of a file.
    ///
    /// Known forms are `HEX  name`, `HEX *name`, `SHA256 (name) = HEX`, either with a leading
    /// backslash where the name is escaped, and a text that is nothing but one digest. Lines of
    /// other forms, comments and the frame of a PGP signature are passed over; the signature itself
    /// is not checked.
    ///
    /// - Parameters:
    ///   - fileName: The file's name as the list's author knows it, usually the URL's last segment.
    ///   - text: The whole list.
    /// - Returns: The strongest digest of the entry with that very path, else of the only entry
    ///   whose last component is that name; nil where there is none or entries contradict each other.
    package static func find(fileName: String, in text: String) -> Checksum? {
        var entries: [Entry] = []
        var bare: [Checksum] = []
        for line in signedLines(of: text) {
            if let entry = entry(line) {
                entries.append(entry)
            } else if let checksum = checksum(line.filter { $0 != " " && $0 != "\t" }) {
                bare.append(checksum)
            }
        }
        if entries.isEmpty, bare.count == 1 { return bare.first }
        // The tools call a file "-" when they were given its bytes and not its name.
        if entries.count == 1, let only = entries.first, only.path == "-" { return only.checksum }
        let exact = entries.filter { $0.relative == fileName }
        if !exact.isEmpty { return strongest(exact) }
        let similar = entries.filter { $0.lastComponent == fileName }
        guard Set(similar.map(\.relative)).count == 1 else { return agreed(similar) }
        return strongest(similar)
    }

    /// The lines without their ends, without the frame of a clear-text signature (RFC 9580 §7).
    private static func signedLines(of text: String) -> [String] {
        var lines: [String] = []
        var isSigned = false
        // Bytes, because a carriage return and the line feed behind it are one character.
        for bytes in text.utf8.split(whereSeparator: { $0 == 0x0A }) {
            var line = Substring(bytes)
            if line.utf8.last == 0x0D { line = Substring(line.utf8.dropLast()) }
            if line.unicodeScalars.first == "\u{FEFF}" {
                line = Substring(line.unicodeScalars.dropFirst())
            }
            if line.hasPrefix("-----BEGIN PGP SIGNATURE") { break }
            if line.hasPrefix("-----BEGIN PGP SIGNED MESSAGE") { isSigned = true }
            if isSigned, line.hasPrefix("- ") { line = line.dropFirst(2) }
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            lines.append(String(line))
        }
        return lines
    }

    private static func entry(_ line: String) -> Entry? {
        let isEscaped = line.hasPrefix("\\")
        let text = isEscaped ? line.dropFirst() : line[...]
        guard let found = gnu(text) ?? bsd(text), !found.path.isEmpty else { return nil }
        return isEscaped
            ? Entry(checksum: found.checksum, path: unescaped(found.path)) : found
    }

    /// `HEX  name` or `HEX *name`.
    private static func gnu(_ line: Substring) -> Entry? {
        let digits = line.prefix { $0.isASCII && $0.isHexDigit }
        var rest = line.dropFirst(digits.count)
        guard let space = rest.first, space == " " || space == "\t",
            let checksum = checksum(String(digits))
        else { return nil }
        rest = rest.dropFirst()
        // The second character tells how the file was read, not what it is called.
        if let mode = rest.first, mode == " " || mode == "*" || mode == "\t" {
            rest = rest.dropFirst()
        }
        return Entry(checksum: checksum, path: String(rest))
    }

    /// `SHA256 (name) = HEX`, and the same with fewer spaces as `openssl dgst` writes it.
    private static func bsd(_ line: Substring) -> Entry? {
        guard let equals = line.lastIndex(of: "="), let open = line.firstIndex(of: "("),
            open < equals,
            let close = line[..<equals].lastIndex(where: { $0 != " " }),
            line[close] == ")", open < close,
            let algorithm = DigestAlgorithm(listName: line[..<open].filter { $0 != " " }),
            let checksum = try? Checksum(
                algorithm,
                hex: line[line.index(after: equals)...].filter { $0 != " " }
            )
        else { return nil }
        return Entry(checksum: checksum, path: String(line[line.index(after: open)..<close]))
    }

    private static func checksum(_ digits: String) -> Checksum? {
        guard let algorithm = DigestAlgorithm(hexDigits: digits.utf8.count) else { return nil }
        return try? Checksum(algorithm, hex: digits)
    }

    private static func unescaped(_ path: String) -> String {
        var result = ""
        var isEscape = false
        for character in path {
            if !isEscape, character == "\\" {
                isEscape = true
                continue
            }
            let plain: [Character: Character] = ["n": "\n", "r": "\r"]
            result.append(isEscape ? plain[character] ?? character : character)
            isEscape = false
        }
        return result
    }

    private static func strongest(_ entries: [Entry]) -> Checksum? {
        for algorithm in DigestAlgorithm.strongestFirst {
            let matching = entries.filter { $0.checksum.algorithm == algorithm }
            if !matching.isEmpty { return agreed(matching) }
        }
        return nil
    }

    /// The digest that all entries have; nil where they differ.
    private static func agreed(_ entries: [Entry]) -> Checksum? {
        let digests = Set(entries.map(\.checksum))
        return digests.count == 1 ? digests.first : nil
    }
}

extension DigestAlgorithm {
    /// The algorithm that a BSD-style line names: `SHA256`, `SHA2-256`, `MD5`.
    fileprivate init?(listName: String) {
        switch listName.uppercased() {
        case "SHA2-256": self = .sha256
        case "SHA2-512": self = .sha512
        case let name: self.init(name: name)
        }
    }
}
