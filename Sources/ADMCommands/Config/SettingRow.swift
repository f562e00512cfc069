import ADMModel
import Foundation

/// A setting as JSON shows it.
struct SettingRow: Encodable {
    let name: String
    let value: SettingText
    let origin: String
    let summary: String

    init(_ setting: EffectiveSetting) {
        name = setting.name
        value = SettingText(setting.value)
        origin = setting.origin.description
        summary = setting.summary
    }
}

/// A value as TOML writes it, in the types that JSON has.
///
/// The numbers, strings and lists of strings that settings are made of are the same text in both.
enum SettingText: Encodable {
    case number(Int)
    case boolean(Bool)
    case text(String)
    case list([String])

    /// Takes the text; what is none of these types stays as it is.
    init(_ toml: String) {
        let decoder = JSONDecoder()
        let data = Data(toml.utf8)
        if let number = try? decoder.decode(Int.self, from: data) {
            self = .number(number)
        } else if let flag = try? decoder.decode(Bool.self, from: data) {
            self = .boolean(flag)
        } else if let items = try? decoder.decode([String].self, from: data) {
            self = .list(items)
        } else {
            self = .text((try? decoder.decode(String.self, from: data)) ?? toml)
        }
    }

    /// The value for people and scripts: a text without its quotes, everything else as in TOML.
    static func plain(_ toml: String) -> String {
        if case .text(let text) = SettingText(toml) { text } else { toml }
    }

    /// Writes the value alone.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .boolean(let flag): try container.encode(flag)
        case .text(let text): try container.encode(text)
        case .list(let items): try container.encode(items)
        }
    }
}
