/// Settings that a program gives for itself; they beat variables, profiles and `config.toml`.
///
/// ```swift
/// HomeOptions(overrides: ["max-concurrent": ["2"], "no-proxy": ["localhost", ".example.org"]])
/// ```
///
/// They are checked where they are used.
public struct SettingOverrides: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// By the name of each setting its value as a profile has it, in words; several for a list.
    public var values: [String: [String]]

    /// Takes values by the names of settings.
    public init(_ values: [String: [String]] = [:]) { self.values = values }

    /// Takes values by the names of settings, each of which may be there once.
    public init(dictionaryLiteral elements: (String, [String])...) {
        values = Dictionary(uniqueKeysWithValues: elements)
    }
}
