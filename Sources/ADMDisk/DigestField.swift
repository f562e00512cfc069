package import ADMModel
import Foundation

/// The digests in a `Repr-Digest` or `Content-Digest` field (RFC 9530).
package enum DigestField {
    /// Reads `sha-256=:BASE64:, sha-512=:BASE64:`.
    ///
    /// `Repr-Digest` is about the whole file, `Content-Digest` about the bytes of this one answer.
    ///
    /// - Parameter headerValue: The value; several fields of one answer are joined with commas.
    /// - Returns: The digests of known algorithms, strongest first; nothing where the value breaks
    ///   the grammar (RFC 9651 §3.2) anywhere.
    package static func parse(_ headerValue: String) -> [Checksum] {
        var found: [DigestAlgorithm: Checksum] = [:]
        for member in headerValue.split(separator: ",", omittingEmptySubsequences: false) {
            let text = member.trimmingCharacters(in: [" ", "\t"])
            guard let equals = text.firstIndex(of: "="), isKey(text[..<equals]),
                let bytes = byteSequence(text[text.index(after: equals)...])
            else { return [] }
            guard let algorithm = algorithm(text[..<equals]) else { continue }
            guard let checksum = try? Checksum(algorithm, hex: HexText.encode(bytes)) else {
                return []
            }
            // Of a key written twice the last one counts (RFC 9651 §3.2).
            found[algorithm] = checksum
        }
        return DigestAlgorithm.strongestFirst.compactMap { found[$0] }
    }

    /// The name in the registry of RFC 9530 §7.2, which has no hyphen only where adm has none.
    private static func algorithm(_ key: Substring) -> DigestAlgorithm? {
        switch key {
        case "sha-512": .sha512
        case "sha-256": .sha256
        case "sha": .sha1
        case "md5": .md5
        default: nil
        }
    }

    private static func isKey(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "*") || isLower(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            isLower(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "_-.*".utf8.contains(byte)
        }
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// Reads `:BASE64:` and passes over parameters behind it.
    private static func byteSequence(_ text: Substring) -> Data? {
        guard text.first == ":" else { return nil }
        let inner = text.dropFirst()
        guard let end = inner.firstIndex(of: ":") else { return nil }
        let rest = inner[inner.index(after: end)...]
        guard rest.isEmpty || rest.first == ";" else { return nil }
        var encoded = String(inner[..<end])
        // Padding may be missing (RFC 9651 §4.2.7).
        while encoded.utf8.count % 4 != 0 { encoded += "=" }
        return Data(base64Encoded: encoded)
    }
}
