/// One row of the table of settings.
package struct SettingDefinition: Sendable, Hashable {
    /// The key in TOML.
    package let name: String
    /// What it holds.
    package let kind: SettingKind
    /// The built-in value.
    package let builtIn: SettingValue
    /// What it does, in one sentence without a full stop.
    package let summary: String
    /// Where it may be given.
    package let places: Set<SettingPlace>
    /// Why it may not be given elsewhere.
    package let restriction: String?

    init(
        _ name: String,
        _ kind: SettingKind,
        _ builtIn: SettingValue,
        _ summary: String,
        places: Set<SettingPlace> = Set(SettingPlace.allCases),
        restriction: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.builtIn = builtIn
        self.summary = summary
        self.places = places
        self.restriction = restriction
    }

    /// The long flag, with its dashes.
    package var flag: String { "--\(name)" }

    /// The environment variable.
    package var variable: String {
        "ADM_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}
