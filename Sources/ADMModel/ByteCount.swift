/// A number of bytes, read and written the way people do.
public struct ByteCount: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The number of bytes.
    public var bytes: Int64

    /// The most bytes that anything may be said to have: an EiB, which no file system holds.
    ///
    /// Sums of several such numbers still fit.
    public static let limit: Int64 = 1 << 60

    /// Takes a number of bytes.
    public init(_ bytes: Int64) { self.bytes = bytes }

    /// Reads `1048576`, `1 MiB`, `1.5GiB`, `500 kB`, `2M` (a bare K, M, G, T, P or E is a power of
    /// 1024);
    /// nil if the text is not a size, is negative or above ``limit``.
    public init?(parsing text: String) {
        let trimmed = text.filter { $0 != " " && $0 != "_" }
        let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = trimmed.dropFirst(digits.count).lowercased()
        let scales: [String: Double] = [
            "": 1, "b": 1, "k": 1024, "kib": 1024, "m": 1_048_576, "mib": 1_048_576,
            "g": 1_073_741_824, "gib": 1_073_741_824, "t": 1_099_511_627_776,
            "tib": 1_099_511_627_776, "p": 0x1p50, "pib": 0x1p50, "e": 0x1p60, "eib": 0x1p60,
            "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
            "pb": 1e15, "eb": 1e18,
        ]
        guard let number = Double(digits), let scale = scales[unit] else { return nil }
        let value = (number * scale).rounded()
        guard value >= 0, let bytes = Int64(exactly: value), bytes <= ByteCount.limit else {
            return nil
        }
        self.bytes = bytes
    }

    /// Fewer bytes come first.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Three significant digits with a binary unit: `0 B`, `999 B`, `1.00 KiB`, `64.0 MiB`.
    public var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(bytes)
        var index = 0
        while value >= 999.5, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        guard index > 0 else { return "\(bytes) B" }
        let places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        return "\(ByteCount.fixed(value, places)) \(units[index])"
    }

    static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = [1.0, 10.0, 100.0][places]
        let scaled = Int64(saturating: (value * scale).rounded())
        guard places > 0 else { return "\(scaled)" }
        let fraction = String(scaled % Int64(scale))
        return "\(scaled / Int64(scale))."
            + String(repeating: "0", count: places - fraction.count) + fraction
    }
}

extension Duration {
    /// Reads `30`, `30s`, `1m30s`, `2h`, `500ms`, `1d`; a bare number is seconds; nil otherwise.
    public init?(parsing text: String) {
        let trimmed = text.filter { $0 != " " }
        let isPlain = trimmed.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        if isPlain, let seconds = Double(trimmed), seconds < 1e9 {
            self = .milliseconds(Int64(saturating: seconds * 1000))
            return
        }
        let scales: [String: Double] = ["ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7]
        var rest = Substring(trimmed)
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let scale = scales[unit.lowercased()] else {
                return nil
            }
            total += number * scale
        }
        guard !trimmed.isEmpty, total < 1e12 else { return nil }
        self = .milliseconds(Int64(saturating: total))
    }

    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
