import Foundation

/// A value as TOML writes it, in the types that JSON has.
///
/// The numbers, strings and lists of strings that settings are made of are the same text in both.
package enum SettingText: JSONWritable {
    case number(Int)
    case boolean(Bool)
    case text(String)
    case list([String])

    /// Takes the text; what is none of these types stays as it is.
    package init(_ toml: String) {
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
    package static func plain(_ toml: String) -> String {
        if case .text(let text) = SettingText(toml) { text } else { toml }
    }

    /// Any of the types.
    package static var shape: JSONShape {
        .any([.integer(), .boolean, .text(), .list(.text())])
    }

    /// Writes the value alone.
    package func write(to json: inout JSONWriter) {
        switch self {
        case .number(let number): json.append(number)
        case .boolean(let flag): json.append(flag)
        case .text(let text): json.append(text)
        case .list(let items): json.append(items)
        }
    }
}
