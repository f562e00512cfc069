import ADMModel

/// The JSON Schema of the files of settings.
package enum SettingsSchema {
    /// The JSON Schema (draft 2020-12) of a file of settings, for editors that complete and check
    /// TOML.
    ///
    /// It lists every key of the table; one that this kind of file may not hold stands there as a key
    /// that no value satisfies, with the reason.
    package static func json(for kind: ProfileFile.Kind = .profile) -> String {
        let place: SettingPlace = kind == .profile ? .profile : .config
        let properties = ([SettingsTable.extends] + SettingsTable.all).map { definition in
            (definition.name, definition.schema(in: place))
        }
        let title = kind == .profile ? "profile" : "config"
        let schema = JSONValue.object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("$id", .string("urn:adm:\(title):1")),
            ("title", .string("adm \(title).toml")),
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("properties", .object(properties)),
        ])
        return schema.rendered() + "\n"
    }
}

extension SettingDefinition {
    fileprivate func schema(in place: SettingPlace) -> JSONValue {
        guard places.contains(place) else {
            let why = restriction.map { ": \($0)" } ?? ""
            return .object([
                ("description", .string("Not allowed here\(why)")), ("not", .object([])),
            ])
        }
        var members: [(String, JSONValue)] = [("description", .string(summary))]
        members += kind.schema
        if let text = builtIn.json { members.append(("default", text)) }
        return .object(members)
    }
}

extension SettingValue {
    fileprivate var json: JSONValue? {
        switch self {
        case .unset: nil
        case .text(let text): .string(text)
        case .number(let number): .number(number)
        case .bytes(let count): .number(Int(count.bytes))
        case .rate(let rate): .number(Int(rate.otherwise.bytes))
        case .duration: .string(String(toml.dropFirst().dropLast()))
        case .list(let items): .array(items.map(JSONValue.string))
        case .headers: .array([])
        case .boolean(let flag): .boolean(flag)
        }
    }
}

extension SettingKind {
    fileprivate var schema: [(String, JSONValue)] {
        switch self {
        case .path: SettingKind.text("^($|/|~$|~/)")
        case .choice(let words):
            [("type", .string("string")), ("enum", .array(words.map(JSONValue.string)))]
        case .wholeNumber(let range):
            [
                ("type", .string("integer")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]
        case .bytes(let least): SettingKind.number(atLeast: Int(least), or: SettingKind.size + "$")
        case .rate: SettingKind.rateSchema
        case .duration:
            [
                (
                    "anyOf",
                    .array([
                        .object([("type", .string("number")), ("minimum", .number(0))]),
                        .object(
                            SettingKind.text("^([0-9.]+ *([Mm][Ss]|[SsMmHhDd]) *)+$|^[0-9.]+$")
                        ),
                    ])
                )
            ]
        case .proxy: SettingKind.text("^$|^(http|socks5)://[^/@?#]+:[0-9]+/?$")
        case .address: SettingKind.text("^[0-9A-Fa-f:.]*$")
        case .text: SettingKind.text("^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$")
        case .command: SettingKind.text("^[^\\u0000-\\u001f\\u007f]*$")
        case .hosts: SettingKind.list("^[^\\s,/@\"']+$")
        case .headers: SettingKind.list("^[!#$%&'*+.^_`|~0-9A-Za-z-]+:")
        case .boolean: [("type", .string("boolean"))]
        case .template:
            [
                ("type", .string("string")),
                ("enum", .array(([""] + Templates.names).map(JSONValue.string))),
            ]
        }
    }

    private static var rateSchema: [(String, JSONValue)] {
        let one = number(atLeast: 0, or: size + "(/s)?$")
        let table = JSONValue.object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", .array([.string("rate")])),
            (
                "properties",
                .object([
                    ("hours", .object(text("^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$"))),
                    ("days", .object(text("^[A-Za-z]{3}([,-][A-Za-z]{3})*$"))),
                    ("rate", .object(one)),
                ])
            ),
        ])
        return [
            (
                "anyOf",
                .array([
                    .object([("type", .string("integer")), ("minimum", .number(0))]),
                    .object(text(size + "(/s)?( .*)?$")),
                    .object([
                        ("type", .string("array")), ("items", table), ("minItems", .number(1)),
                    ]),
                ])
            )
        ]
    }

    private static let size = "^[0-9][0-9._ ]*([KkMmGgTtPpEe]([Ii]?[Bb])?|[Bb])?"

    private static func text(_ pattern: String) -> [(String, JSONValue)] {
        [("type", .string("string")), ("pattern", .string(pattern))]
    }

    private static func list(_ pattern: String) -> [(String, JSONValue)] {
        [("type", .string("array")), ("items", .object(text(pattern)))]
    }

    private static func number(
        atLeast least: Int,
        or pattern: String
    ) -> [(String, JSONValue)] {
        [
            (
                "anyOf",
                .array([
                    .object([("type", .string("integer")), ("minimum", .number(least))]),
                    .object(text(pattern)),
                ])
            )
        ]
    }
}
