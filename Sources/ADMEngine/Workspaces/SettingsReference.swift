import ADMProfiles

/// What can be set, for people and for editors.
public enum SettingsReference {
    /// The version of adm.
    public static var version: String { SettingsTable.version }

    /// A JSON Schema of a profile, made from the same table that reads profiles.
    public static var profileSchema: String { SettingsSchema.json(for: .profile) }

    /// A JSON Schema of `config.toml`.
    public static var configSchema: String { SettingsSchema.json(for: .config) }

    /// The names of the shipped templates.
    public static var templates: [String] { Templates.names }

    /// The `ADM_*` variables of an environment that mean nothing, each with the nearest that does.
    public static func unknownVariables(
        in environment: [String: String]
    ) -> [(name: String, nearest: String?)] {
        SettingsResolution.unknownVariables(in: environment)
    }
}
