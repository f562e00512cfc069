import Foundation

/// A digest algorithm that adm can compute.
public enum DigestAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
    /// SHA-256, 64 hexadecimal digits.
    case sha256
    /// SHA-512, 128 hexadecimal digits.
    case sha512
    /// SHA-1, 40 hexadecimal digits; finds accidents, not attacks.
    case sha1
    /// MD5, 32 hexadecimal digits; finds accidents, not attacks.
    case md5

    /// The digest's length in bytes.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        case .sha1: 20
        case .md5: 16
        }
    }

    /// All algorithms, the strongest first.
    public static let strongestFirst: [DigestAlgorithm] = [.sha512, .sha256, .sha1, .md5]

    /// Whether the other one is harder to deceive.
    public func isWeaker(than other: DigestAlgorithm) -> Bool {
        let order = DigestAlgorithm.strongestFirst
        return (order.firstIndex(of: self) ?? 0) > (order.firstIndex(of: other) ?? 0)
    }

    /// The algorithm with this name, with or without a hyphen, in any case.
    public init?(name: String) {
        self.init(rawValue: name.lowercased().filter { $0 != "-" })
    }

    /// The algorithm whose digest has this many hexadecimal digits, as in a checksum list.
    public init?(hexDigits count: Int) {
        guard let match = DigestAlgorithm.allCases.first(where: { $0.byteCount * 2 == count })
        else {
            return nil
        }
        self = match
    }
}

/// A digest that a file must have, written `algorithm:hex`.
public struct Checksum: Sendable, Hashable, Codable, CustomStringConvertible {
    /// How it is computed.
    public let algorithm: DigestAlgorithm
    /// The digest in lower-case hexadecimal.
    public let hex: String

    /// Takes a digest.
    ///
    /// - Throws: ``Failure`` with `usage` if `hex` is not a digest of that algorithm.
    public init(_ algorithm: DigestAlgorithm, hex: String) throws(Failure) {
        let lower = hex.lowercased()
        guard lower.utf8.count == algorithm.byteCount * 2,
            lower.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw Failure(
                .usage,
                "a \(algorithm.rawValue) digest has \(algorithm.byteCount * 2) hexadecimal digits,"
                    + " this has \(hex.count): \(hex.prefix(140).debugDescription)"
            )
        }
        self.algorithm = algorithm
        self.hex = lower
    }

    /// Takes a digest in base64; nil if it is not one of that algorithm.
    public init?(_ algorithm: DigestAlgorithm, base64 text: String) {
        guard text.utf8.count == (algorithm.byteCount + 2) / 3 * 4,
            let bytes = Data(base64Encoded: text), bytes.count == algorithm.byteCount
        else { return nil }
        self.algorithm = algorithm
        hex = HexText.encode(bytes)
    }

    /// Takes the bytes of a digest; nil if there are not as many as that algorithm has.
    public init?(_ algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        hex = HexText.encode(bytes)
    }

    /// Reads what a person writes: `algorithm:hex`, `algorithm=hex`, `algorithm-base64` as browsers know it,
    /// or hexadecimal digits alone, whose number tells the algorithm.
    ///
    /// - Throws: ``Failure`` with `usage` for an unknown algorithm or a digest that is none.
    public init(parsing text: String) throws(Failure) {
        let word = text.trimmingCharacters(in: .whitespaces)
        if !word.isEmpty, word.utf8.allSatisfy({ HexText.value($0) != nil }) {
            guard let algorithm = DigestAlgorithm(hexDigits: word.utf8.count) else {
                throw Failure(
                    .usage,
                    "\(word.utf8.count) hexadecimal digits are not a digest that adm knows:"
                        + " \(word.prefix(140).debugDescription)",
                    hint: "sha512 has 128, sha256 has 64, sha1 has 40 and md5 has 32"
                )
            }
            try self.init(algorithm, hex: word)
            return
        }
        for separator in [":", "=", "-"] as [Character] {
            guard let place = word.firstIndex(of: separator),
                let algorithm = DigestAlgorithm(name: String(word[..<place]))
            else { continue }
            let digest = String(word[word.index(after: place)...])
            if let checksum = Checksum(algorithm, base64: digest) {
                self = checksum
            } else {
                try self.init(algorithm, hex: digest)
            }
            return
        }
        throw Failure(
            .usage,
            "\(text.prefix(140).debugDescription) is not a checksum",
            hint:
                "write sha256:HEX, sha512:HEX, sha1:HEX, md5:HEX, the digest alone, or the file or"
                + " URL of a checksum list such as SHA256SUMS"
        )
    }

    /// The digest itself.
    public var bytes: [UInt8] {
        let digits = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// `algorithm:hex`.
    public var description: String { "\(algorithm.rawValue):\(hex)" }
}

/// A digest that was computed over the whole file and found right.
public struct Verification: Sendable, Hashable, Codable {
    /// The digest that was compared.
    public var checksum: Checksum
    /// Who named the digest.
    public var source: Source

    /// Who named the digest.
    public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
        /// The person, with `--hash`.
        case request
        /// A checksum list, with `--hash URL`.
        case list
        /// The server, in `Repr-Digest` or `Content-Digest` (RFC 9530).
        case server
        /// The digests of all pieces; the whole one was computed beside them.
        case pieces
    }

    /// Records a check.
    public init(checksum: Checksum, source: Source) {
        self.checksum = checksum
        self.source = source
    }
}
