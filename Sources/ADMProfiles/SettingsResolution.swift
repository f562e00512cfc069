package import ADMModel
import Foundation

/// Merges all layers of settings; each setting takes its value from the first layer that speaks:
/// flag, `ADM_*` variable, profile, the templates it stands on, `config.toml`, the standard proxy
/// variables, built-in.
package enum SettingsResolution {
    /// Merges the layers.
    ///
    /// A list comes from one layer whole; layers are not joined. A value that a higher layer overrules
    /// is not judged. Read the files with ``ProfileFile/Checking/structure``, so that this also holds
    /// for what they set.
    ///
    /// - Parameters:
    ///   - flags: What the command line says, by the name of the setting; the last word counts,
    ///     except for lists.
    ///   - environment: The variables of the process. An empty one counts as unset; `HOME` is what
    ///     `~/` stands for.
    ///   - profile: The workspace's profile; nil if there is none.
    ///   - config: `config.toml`; nil if there is none.
    ///   - templates: The templates that `extends` may name.
    ///   - userHome: What `~/` stands for if `HOME` is unset; nil if that is not known.
    ///   - workingDirectory: What relative paths of flags and variables start from; nil for the
    ///     process's own.
    /// - Returns: All settings in the order of the table, with their origins. `transfer.proxy` is nil
    ///   if only the standard variables name a proxy, because they depend on the scheme:
    ///   ask ``environmentProxy(scheme:environment:)`` then.
    /// - Throws: ``Failure`` with `usage` for a flag; with `configuration` for a variable or file, which
    ///   its message names.
    package static func resolve(
        flags: [String: [String]],
        environment: [String: String],
        profile: ProfileFile?,
        config: ProfileFile?,
        templates: TemplateSet = .shipped,
        userHome: () -> String? = { nil },
        workingDirectory: String? = nil
    ) throws(Failure) -> EffectiveSettings {
        for name in flags.keys.sorted() where SettingsTable.setting(name) == nil {
            throw SettingsTable.unknownName(name)
        }
        try refuseVariables(environment)
        if let config { try refuseWorkspaceKeys(config) }
        let layers = SettingsLayers(
            flags: flags,
            environment: environment,
            profile: profile,
            templates: try profile.map { (file) throws(Failure) in
                try templates.chain(below: file)
            } ?? [],
            config: config,
            paths: PathExpansion(
                home: environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? userHome(),
                workingDirectory: workingDirectory
            )
        )
        var values: [String: SettingValue] = [:]
        var entries: [EffectiveSetting] = []
        for definition in SettingsTable.all {
            let (value, origin) = try layers.value(of: definition)
            // The standard variables depend on the scheme of each URL, so that the one text of the
            // transfer's settings cannot hold them.
            let isShared = definition.kind == .proxy && origin.isSharedVariable
            values[definition.name] = isShared ? .unset : value
            entries.append(
                EffectiveSetting(
                    name: definition.name,
                    value: value.toml,
                    origin: origin,
                    summary: definition.summary
                )
            )
        }
        return EffectiveSettings(entries: entries, values: values)
    }

    /// The variables named `ADM_*` that adm does not know, with the nearest known name of each.
    package static func unknownVariables(
        in environment: [String: String]
    ) -> [(name: String, nearest: String?)] {
        let given = environment.filter { $0.key.hasPrefix("ADM_") && !$0.value.isEmpty }
        guard !given.isEmpty else { return [] }
        let settings = SettingsTable.all.filter { $0.places.contains(.environment) }.map(\.variable)
        // A variable that is refused is known too: resolve() says why it is refused.
        let known = Set(SettingsTable.all.map(\.variable) + otherVariables)
        return given.keys.filter { !known.contains($0) && !mayNameHost($0) }.sorted()
            .map { ($0, NearestWord.to($0, in: settings + otherVariables)) }
    }

    /// Whether a variable may hold the credential for a host, whose name has a dot (docs/credentials.md).
    private static func mayNameHost(_ name: String) -> Bool {
        ["ADM_CREDENTIAL_", "ADM_HTTP_CREDENTIAL_"].contains { prefix in
            name.hasPrefix(prefix) && name.dropFirst(prefix.count).contains("_")
        }
    }

    /// The variables that are no settings.
    package static let otherVariables = [
        "ADM_EDITOR", "ADM_HOME", "ADM_LOG", "ADM_NO_INPUT", "ADM_PROFILE", "ADM_WORKSPACE",
    ]

    private static func refuseVariables(_ environment: [String: String]) throws(Failure) {
        for definition in SettingsTable.all where !definition.places.contains(.environment) {
            guard environment[definition.variable, default: ""].isEmpty else {
                throw Failure(
                    .configuration,
                    "the variable \(definition.variable) is not allowed",
                    hint: definition.restriction
                )
            }
        }
    }

    /// Refuses what `config.toml` may not say, if it was read as if it were a profile.
    private static func refuseWorkspaceKeys(_ config: ProfileFile) throws(Failure) {
        let names = config.names.compactMap { name in config.position(of: name).map { (name, $0) } }
        for (name, position) in names.sorted(by: { $0.1 < $1.1 }) {
            _ = try ProfileFile.definition(name, .config, "\(config.path):\(position)")
        }
    }
}

extension SettingOrigin {
    /// Whether it is a variable that belongs to no program alone, like `https_proxy`.
    fileprivate var isSharedVariable: Bool {
        guard case .environment(let name) = self else { return false }
        return !name.hasPrefix("ADM_")
    }
}
