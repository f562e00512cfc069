/// Bytes `start ..< end` of a file.
public struct ByteRange: Sendable, Hashable, Codable {
    /// The first byte.
    public var start: Int64
    /// The byte after the last one.
    public var end: Int64

    /// Creates a range; `end` must not lie before `start`.
    public init(_ start: Int64, _ end: Int64) {
        precondition(start >= 0 && end >= start, "a byte range runs forward from 0")
        self.start = start
        self.end = end
    }

    /// Creates a range from numbers of outside; nil if they are not a range, or are beyond ``ByteCount/limit``.
    public init?(checked start: Int64, _ end: Int64) {
        guard start >= 0, end >= start, end <= ByteCount.limit else { return nil }
        self.init(start, end)
    }

    /// How many bytes it holds.
    public var count: Int64 { end - start }
}

/// The bytes of one file that are safely on disk, as sorted ranges that do not touch.
public struct SegmentMap: Sendable, Hashable, Codable {
    /// The ranges, sorted, never empty, never touching.
    public private(set) var ranges: [ByteRange] = []

    /// No bytes.
    public init() {}

    /// Takes ranges in any order.
    public init(_ ranges: [ByteRange]) {
        for range in ranges { insert(range) }
    }

    /// Takes ranges that are in order and do not overlap.
    public init(sorted: [ByteRange]) {
        for range in sorted where range.count > 0 {
            if let last = ranges.last, last.end == range.start {
                ranges[ranges.count - 1].end = range.end
            } else {
                ranges.append(range)
            }
        }
    }

    /// How many bytes are there.
    public var count: Int64 { ranges.reduce(0) { $0 + $1.count } }

    /// Adds a range, merging it with its neighbours.
    public mutating func insert(_ range: ByteRange) {
        guard range.count > 0 else { return }
        var merged = range
        var rest: [ByteRange] = []
        for other in ranges {
            if other.end < merged.start || other.start > merged.end {
                rest.append(other)
            } else {
                merged = ByteRange(min(other.start, merged.start), max(other.end, merged.end))
            }
        }
        rest.append(merged)
        ranges = rest.sorted { $0.start < $1.start }
    }

    /// What is still missing of a file of `length` bytes.
    public func gaps(length: Int64) -> [ByteRange] {
        var gaps: [ByteRange] = []
        var position: Int64 = 0
        for range in ranges where range.start < length {
            if range.start > position { gaps.append(ByteRange(position, range.start)) }
            position = max(position, range.end)
        }
        if position < length { gaps.append(ByteRange(position, length)) }
        return gaps
    }
}
