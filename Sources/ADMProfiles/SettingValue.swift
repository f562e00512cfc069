package import ADMModel
import Foundation

/// The value of a setting, checked.
package enum SettingValue: Sendable, Hashable {
    /// Nothing: the setting does not apply.
    case unset
    /// A word, a path, a URL or a line of text.
    case text(String)
    /// A whole number.
    case number(Int)
    /// A number of bytes.
    case bytes(ByteCount)
    /// Bytes per second, which may differ by time.
    case rate(Rate)
    /// A span of time.
    case duration(Duration)
    /// Several words.
    case list([String])
    /// Header fields.
    case headers([HeaderField])
    /// Yes or no.
    case boolean(Bool)

    /// The value as it would be written in TOML, on one line.
    ///
    /// Reading it again gives the same value, except that the value of a secret header field and the
    /// user name of a proxy are masked.
    package var toml: String {
        switch self {
        case .unset: "\"\""
        case .text(let text): JSONString.quoted(SettingValue.masked(text))
        case .number(let number): "\(number)"
        case .bytes(let count):
            SettingValue.scaled(count).map(JSONString.quoted) ?? "\(count.bytes)"
        case .rate(let rate): rate.toml
        case .duration(let duration): JSONString.quoted(SettingValue.spelled(duration))
        case .list(let items): TOMLText.list(items)
        case .headers(let fields):
            TOMLText.list(fields.map { "\($0.name): \($0.isSecret ? "***" : $0.value)" })
        case .boolean(let flag): "\(flag)"
        }
    }

    /// Replaces the user name and password of a URL.
    static func masked(_ text: String) -> String {
        text.contains("://") ? URLMask.maskUserInfo(text) : text
    }

    /// A multiple of 1024 with the largest unit that leaves no fraction; nil for other numbers.
    static func scaled(_ count: ByteCount) -> String? {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var rest = count.bytes
        var unit = 0
        while rest > 0, rest % 1024 == 0, unit < units.count - 1 {
            rest /= 1024
            unit += 1
        }
        return unit > 0 ? "\(rest) \(units[unit])" : nil
    }

    private static func spelled(_ duration: Duration) -> String {
        var rest = Int64(saturating: (duration.seconds * 1000).rounded())
        guard rest > 0 else { return "0s" }
        let units: [(name: String, length: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var text = ""
        for unit in units where rest >= unit.length {
            text += "\(rest / unit.length)\(unit.name)"
            rest %= unit.length
        }
        return text
    }
}
