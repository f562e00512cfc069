import ADMModel

/// The page of all settings.
package enum SettingsPage {
    /// The reference of all settings as a Markdown table, as it stands in `docs/profiles.md`.
    package static func markdown() -> String {
        let head = """
            | key | value | default | variable | may stand in | what it does |
            | --- | --- | --- | --- | --- | --- |

            """
        let rows = ([SettingsTable.extends] + SettingsTable.all).map { definition in
            let isVariable = definition.places.contains(.environment)
            let cells = [
                "`\(definition.name)`",
                definition.kind.described,
                definition.builtIn == .unset ? "none" : "`\(definition.builtIn.toml)`",
                isVariable ? "`\(definition.variable)`" : "none",
                SettingPlace.allCases.filter(definition.places.contains).map(\.rawValue)
                    .joined(separator: ", "),
                definition.summary,
            ]
            return "| " + cells.joined(separator: " | ") + " |\n"
        }
        return head + rows.joined()
    }
}

extension SettingKind {
    /// What the value may be, for the reference page.
    fileprivate var described: String {
        switch self {
        case .path: "path, absolute or below `~/`"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .wholeNumber(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .bytes(0): "size"
        case .bytes(let least): "size, at least \(SettingKind.spelled(.bytes(ByteCount(least))))"
        case .rate: "rate"
        case .duration(let range):
            "duration, \(SettingKind.spelled(.duration(range.lowerBound))) to"
                + " \(SettingKind.spelled(.duration(range.upperBound)))"
        case .proxy: "`http://HOST:PORT` or `socks5://HOST:PORT`"
        case .address: "address"
        case .text: "text"
        case .command: "command with its arguments"
        case .hosts: "list of host names"
        case .headers: "list of `Name: value`"
        case .boolean: "`true`, `false`"
        case .template: "name of a template"
        }
    }
}
