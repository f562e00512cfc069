package import ADMModel
import Foundation

/// The bytes of a test file: a pure function of a seed and the offset.
///
/// Any range can be produced and any file on disk can be checked without storing anything. The
/// pattern repeats every ``period`` bytes, a prime, so that bytes written at a wrong place differ
/// from the right ones for every plausible segment size.
package struct TestBody: Sendable, Hashable {
    /// How many bytes pass until the pattern repeats.
    package static let period = 1_048_573

    /// What tells this pattern from another.
    package let seed: UInt64
    /// The length of the file in bytes.
    package let length: Int64

    /// Creates the file of `length` bytes that `seed` gives.
    package init(seed: UInt64, length: Int64) {
        precondition(length >= 0, "a file has no negative length")
        self.seed = seed
        self.length = length
    }

    /// The bytes of `range`, which must lie within the file.
    package func bytes(in range: ByteRange) -> [UInt8] {
        precondition(range.end <= length, "\(range.end) lies behind the end of the file")
        var bytes = [UInt8](repeating: 0, count: Int(range.count))
        fill(&bytes, from: range.start)
        return bytes
    }

    /// Fills `bytes` with the pattern from `offset` on, also behind the end of the file.
    package func fill(_ bytes: inout [UInt8], from offset: Int64) {
        var position = Int(offset % Int64(TestBody.period))
        var index = 0
        while index < bytes.count {
            var word = SplitMix64.mix(seed, UInt64(position / 8)) >> (8 * UInt64(position % 8))
            let count = min(8 - position % 8, TestBody.period - position, bytes.count - index)
            for _ in 0..<count {
                bytes[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
                index += 1
            }
            position = (position + count) % TestBody.period
        }
    }

    /// Whether the file at `path` holds exactly these bytes.
    ///
    /// - Throws: ``Failure`` with `storage` if the file cannot be read.
    package func matches(file path: String) throws(Failure) -> Bool {
        try firstDifference(file: path) == nil
    }

    /// The offset of the first byte where the file at `path` differs, nil if it is right.
    ///
    /// A file that is right but too short or too long differs where the shorter of the two ends.
    ///
    /// - Throws: ``Failure`` with `storage` if the file cannot be read.
    package func firstDifference(file path: String) throws(Failure) -> Int64? {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            return try firstDifference(in: file)
        } catch {
            throw Failure(.storage, "cannot read \(path)", cause: error.localizedDescription)
        }
    }

    private func firstDifference(in file: FileHandle) throws -> Int64? {
        var period = [UInt8](repeating: 0, count: Int(min(length, Int64(TestBody.period))))
        fill(&period, from: 0)
        var offset: Int64 = 0
        // Reading one period at a time lets every block start where the pattern does.
        while let block = try read(TestBody.period, from: file) {
            let expected = Int(min(Int64(block.count), length - offset))
            if let index = TestBody.mismatch(block, period, count: expected) {
                return offset + Int64(index)
            }
            guard expected == block.count else { return length }
            offset += Int64(expected)
        }
        return offset == length ? nil : offset
    }

    /// Reads `count` bytes, fewer only at the end of the file, nil behind it.
    private func read(_ count: Int, from file: FileHandle) throws -> Data? {
        var block = Data()
        while block.count < count,
            let more = try file.read(upToCount: count - block.count), !more.isEmpty
        {
            if block.isEmpty { block = more } else { block.append(more) }
        }
        return block.isEmpty ? nil : block
    }

    private static func mismatch(_ block: Data, _ expected: [UInt8], count: Int) -> Int? {
        guard count > 0 else { return nil }
        // memcmp keeps checks of 100 MiB fast in unoptimised builds; both areas are longer than
        // `count` and outlive the call.
        let areSame = unsafe block.withUnsafeBytes { mine in
            unsafe expected.withUnsafeBytes { theirs in
                guard let left = mine.baseAddress, let right = theirs.baseAddress else {
                    return false
                }
                return unsafe memcmp(left, right, count) == 0
            }
        }
        guard !areSame else { return nil }
        return zip(block.prefix(count), expected).enumerated()
            .first { $0.element.0 != $0.element.1 }?.offset
    }
}
