public import Foundation

/// A job's name on this machine and any other: a ULID, 26 characters that sort by time.
public struct JobID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The 26 characters of Crockford's base 32.
    public let description: String

    /// Creates a new identifier from the clock and 80 random bits.
    public init(now: Date = Date()) {
        var sequence = JobIDSequence(now: now)
        self = sequence.next()
    }

    fileprivate init(time: UInt64, high: UInt64, low: UInt64) {
        description = unsafe String(unsafeUninitializedCapacity: 26) { letters in
            for place in 0..<26 {
                let bits =
                    place < 10
                    ? time >> (45 - 5 * UInt64(place))
                    : place < 18
                        ? high >> (35 - 5 * UInt64(place - 10))
                        : low >> (35 - 5 * UInt64(place - 18))
                // Crockford's alphabet leaves out I, L, O and U.
                let digit = UInt8(bits & 31)
                unsafe letters[place] =
                    switch digit {
                    case 0..<10: 0x30 + digit
                    case 10..<18: 0x41 + digit - 10
                    case 18..<20: 0x4A + digit - 18
                    case 20..<22: 0x4D + digit - 20
                    case 22..<27: 0x50 + digit - 22
                    default: 0x56 + digit - 27
                    }
            }
            return 26
        }
    }

    /// Reads an identifier that was stored; nil if it is not one.
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

/// Identifiers made one after the other at one time, each greater than the one before (monotonic ULID).
///
/// Only the first is drawn from the random source, so that many can be made quickly and an index
/// over them grows at its end.
package struct JobIDSequence {
    private let time: UInt64
    // The 80 random bits, 40 in each.
    private var high: UInt64
    private var low: UInt64

    /// Begins a sequence at a time.
    package init(now: Date) {
        time = UInt64(saturating: max(0, now.timeIntervalSince1970) * 1000)
        high = UInt64.random(in: 0..<1 << 40)
        low = UInt64.random(in: 0..<1 << 40)
    }

    /// The next identifier.
    package mutating func next() -> JobID {
        low += 1
        if low >> 40 > 0 {
            low = 0
            high = (high + 1) & (1 << 40 - 1)
        }
        return JobID(time: time, high: high, low: low)
    }
}
