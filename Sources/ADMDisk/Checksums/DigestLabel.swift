package import ADMModel

/// The algorithm that a checksum list names, in any of the spellings of the usual tools.
package enum DigestLabel: Sendable, Hashable {
    /// One that adm computes.
    case known(DigestAlgorithm)
    /// Another one, as it is named.
    case foreign(String)

    /// Reads `SHA256`, `sha-256`, `SHA2-256`, `MD5Sum`, `BLAKE2b`, `SHA3-256`, `SHA512/256` and the like; nil
    /// for a word that names no algorithm.
    package init?(_ word: some StringProtocol) {
        guard word.utf8.count <= DigestLabel.longest else { return nil }
        var shown = String(word)
        for ending in ["sums", "sum"] where shown.lowercased().hasSuffix(ending) {
            shown.removeLast(ending.count)
            break
        }
        let name = shown.lowercased().filter { $0 != "-" && $0 != "_" }
        switch name {
        case "sha256", "sha2256": self = .known(.sha256)
        case "sha512", "sha2512": self = .known(.sha512)
        case "sha1": self = .known(.sha1)
        case "md5": self = .known(.md5)
        default:
            guard DigestLabel.isForeign(name) else { return nil }
            self = .foreign(shown)
        }
    }

    init?(_ bytes: ByteLine) {
        guard bytes.count <= DigestLabel.longest else { return nil }
        self.init(bytes.text)
    }

    /// The algorithm for which a list is named, as in `SHA256SUMS`, `x.iso.b2` and `sha512-checksums.txt`; nil
    /// if the name says none.
    package init?(ofListNamed name: String) {
        var words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }[...]
        while let last = words.last, DigestLabel.general.contains(last.lowercased()) {
            words.removeLast()
        }
        for count in [3, 2, 1] where words.count >= count {
            let word = words.suffix(count).joined(separator: "-").lowercased()
            // A number of a beta version looks the same, but for what is in front of it.
            let isVersion = ["b2", "b3"].contains(word) && !name.lowercased().contains(".\(word)")
            if !isVersion, let label = DigestLabel(word) {
                self = label
                return
            }
        }
        return nil
    }

    /// Whether a word speaks of digests without naming an algorithm.
    static func isGeneral(_ word: some StringProtocol) -> Bool {
        general.contains(word.lowercased())
    }

    private static let longest = 24
    private static let general: Set<String> = [
        "txt", "asc", "gpg", "sig", "list", "sum", "sums", "hash", "hashes", "checksum",
        "checksums", "digest", "digests", "fingerprint", "fingerprints",
    ]
    private static let otherFamilies = [
        "sha3", "shake", "keccak", "blake2bp", "blake2sp", "blake2b", "blake2s", "blake2",
        "blake3", "blake", "b2", "b3", "rmd", "ripemd", "whirlpool", "tiger", "crc", "adler",
        "md2", "md4", "md6", "sm3", "gost", "streebog", "has160", "xxh", "skein", "ed2k", "tth",
        "aich", "btih", "cksum",
    ]

    private static func isForeign(_ name: String) -> Bool {
        let others = ["sha224", "sha384", "sha2224", "sha2384", "sha512224", "sha512256"]
        let plain = name.filter { $0 != "/" }
        if others.contains(plain) { return true }
        return otherFamilies.contains { family in
            plain.hasPrefix(family) && plain.dropFirst(family.count).allSatisfy(\.isNumber)
        }
    }
}

/// A digest in a list.
enum ListedValue: Sendable, Hashable {
    /// One that adm can compute, in as many hexadecimal digits as its algorithm has.
    case known(DigestAlgorithm, digits: ByteLine)
    /// One of another algorithm, which is named.
    case foreign(String)

    /// The digest; nil for one that adm cannot compute.
    var checksum: Checksum? {
        guard case .known(let algorithm, let digits) = self else { return nil }
        return try? Checksum(algorithm, hex: digits.text)
    }
}

/// Reads digests: hexadecimal or base64, with the name of their algorithm or without.
struct DigestReading {
    /// The algorithm that the name of the list is about; nil if it says none.
    let assumed: DigestLabel?

    /// The digest in one word; nil if it is not one, or is of another length than its algorithm has.
    func value(_ word: ByteLine, _ label: DigestLabel? = nil) -> ListedValue? {
        guard word.count <= 256 else { return nil }
        switch label {
        case .known(let algorithm):
            return known(algorithm, word)
        case .foreign(let name):
            return word.count >= 8 && word.isHex ? .foreign(name) : nil
        case nil:
            guard let value = valueByLength(word) else { return nil }
            switch (assumed, value) {
            case (nil, _): return value
            case (.foreign(let name), _): return .foreign(name)
            case (.known(let wanted), .known(let algorithm, _)):
                // A digest of another length in such a list is a part of one.
                return algorithm == wanted ? value : nil
            case (.known, .foreign): return nil
            }
        }
    }

    /// The digest that is written in groups, as gpg does it; nil if a part of it is missing.
    ///
    /// Without a name the length of the groups tells what it is, so that half of a long digest is never taken
    /// for a short one.
    func value(groups: [ByteLine], _ label: DigestLabel?) -> ListedValue? {
        if groups.count == 1, let only = groups.first { return value(only, label) }
        let digits = ByteLine(groups.joined())
        guard label == nil else { return value(digits, label) }
        let sizes = Set(groups.map(\.count))
        guard sizes.count == 1, let size = sizes.first else { return nil }
        switch (size, digits.count) {
        case (2, 32), (4, 40), (8, 56), (8, 64), (8, 96), (8, 128): return value(digits)
        default: return nil
        }
    }

    private func known(_ algorithm: DigestAlgorithm, _ word: ByteLine) -> ListedValue? {
        if word.count == algorithm.byteCount * 2, word.isHex {
            return .known(algorithm, digits: word)
        }
        return Checksum(algorithm, base64: word.text).map {
            .known(algorithm, digits: ByteLine($0.hex.utf8))
        }
    }

    private func valueByLength(_ word: ByteLine) -> ListedValue? {
        guard word.isHex else {
            // Padding tells it from a name.
            guard word.last == UInt8(ascii: "=") else { return nil }
            return DigestAlgorithm.strongestFirst.lazy.compactMap { known($0, word) }.first
        }
        switch word.count {
        case 56: return .foreign("sha224")
        case 96: return .foreign("sha384")
        case let count:
            return DigestAlgorithm(hexDigits: count).map { .known($0, digits: word) }
        }
    }
}
