public import Foundation

/// A job's name on this machine and any other: a ULID, 26 characters that sort by time.
public struct JobID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The 26 characters of Crockford's base 32.
    public let description: String

    /// Makes a new identifier from the clock and 80 random bits.
    public init(now: Date = Date()) {
        let time = UInt64(max(0, now.timeIntervalSince1970) * 1000)
        // Each call asks the kernel, so that two numbers of 40 bits are cheaper than sixteen of 5.
        let noise = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        let letters = (0..<26).map { place in
            let bits =
                place < 10
                ? time >> (45 - 5 * UInt64(place))
                : place < 18
                    ? noise.0 >> (5 * UInt64(place - 10)) : noise.1 >> (5 * UInt64(place - 18))
            return alphabet[Int(bits & 31)]
        }
        description = String(decoding: letters, as: UTF8.self)
    }

    /// Takes an identifier that was stored; nil where it is none.
    public init?(_ text: String) {
        let known = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        guard text.count == 26, text.allSatisfy(known.contains) else { return nil }
        description = text
    }

    /// Older identifiers come first.
    public static func < (left: JobID, right: JobID) -> Bool {
        left.description < right.description
    }

    /// Reads the identifier from a string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = JobID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a job id")
        }
        self = id
    }

    /// Writes the identifier as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
