import ADMModel

/// A digest that was compared with that of the whole file.
struct ValidationDocument: Document {
    static let name = "validation"
    static let summary = "A digest that was computed over the whole file and found right."

    let verification: Verification

    init(_ verification: Verification) { self.verification = verification }

    // Only digests that were found right are recorded, so both are the same.
    static let fields: [Field<ValidationDocument>] = [
        Field("algorithm", "The algorithm of the digest.") { $0.verification.checksum.algorithm },
        Field("expected_hash", "The digest that the file should have, in hexadecimal digits.") {
            $0.verification.checksum.hex
        },
        Field("calculated_hash", "The digest that it has, in hexadecimal digits.") {
            $0.verification.checksum.hex
        },
        Field("is_valid", "Always true: a job with a wrong digest fails.") { _ in true },
        Field(
            "source",
            "Who named the digest: `request` (the person), `list` (a checksum list), `server` (a header"
                + " field), or `pieces` (the digests of all pieces)."
        ) { $0.verification.source },
    ]
}

/// The older form of ``ValidationDocument``.
struct VerifiedDocument: Document {
    static let name = "verified"
    static let summary = "The older form of `validation`."

    let verification: Verification

    init(_ verification: Verification) { self.verification = verification }

    /// A digest with its algorithm.
    struct Digest: Document {
        static let name = "checksum"
        static let summary = "A digest with its algorithm."

        let checksum: Checksum

        static let fields: [Field<Digest>] = [
            Field("algorithm", "The algorithm.") { $0.checksum.algorithm },
            Field("hex", "The digest in hexadecimal digits.") { $0.checksum.hex },
        ]
    }

    static let fields: [Field<VerifiedDocument>] = [
        Field("checksum", "The digest.") { Digest(checksum: $0.verification.checksum) },
        Field("source", "Who named the digest.") { $0.verification.source },
    ]
}

extension DigestAlgorithm: JSONWord {}
extension Verification.Source: JSONWord {}
