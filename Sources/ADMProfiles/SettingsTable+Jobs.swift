package import ADMModel

extension SettingsTable {
    /// Reads settings of one job from words, by the name of the setting.
    ///
    /// - Parameters:
    ///   - words: What is said for each setting; the last word counts, except for lists.
    ///   - isOwner: Whether the owner of the workspace says it, who may also choose a proxy and whom to trust.
    /// - Returns: What is said, each value checked.
    /// - Throws: ``Failure`` with `usage`: for a name that is not a setting, a setting that a job may not have
    ///   of its own, or a value that is not allowed.
    package static func jobSettings(
        _ words: [String: [String]],
        isOwner: Bool
    ) throws(Failure) -> JobSettings {
        var settings = JobSettings()
        for (name, words) in words.sorted(by: { $0.key < $1.key }) {
            guard let definition = setting(name) else { throw unknownName(name) }
            guard let field = JobSettings.field(name), isOwner || !field.isForOwner else {
                throw notOfJob(definition)
            }
            let subject = isOwner ? definition.flag : name
            do throws(SettingProblem) {
                _ = field.read(try definition.kind.read(words: words).jobText, &settings)
            } catch { throw error.failure(.usage, subject: subject) }
        }
        return settings
    }

    /// Checks that every value that a program gave to a job is allowed.
    ///
    /// - Throws: ``Failure`` with `usage` that names the setting.
    package static func check(_ settings: JobSettings) throws(Failure) {
        guard !settings.isEmpty else { return }
        _ = try jobSettings(settings.words.mapValues { [$0] }, isOwner: true)
    }

    /// The failure for a name that is not a setting, with the nearest one.
    static func unknownName(_ name: String) -> Failure {
        let near = NearestWord.to(name, in: all.map(\.name))
        return Failure(
            .usage,
            "there is no setting \(SettingProblem.show(name))",
            hint: near.map { "did you mean \($0)?" }
        )
    }

    private static func notOfJob(_ definition: SettingDefinition) -> Failure {
        let isOwners = JobSettings.field(definition.name) != nil
        return Failure(
            .usage,
            "a job in a list may not have the setting \(definition.name)",
            hint: isOwners
                ? "give it for all of them with \(definition.flag)"
                : definition.places == [.flag]
                    ? "the command that fetches takes it, for all of its jobs: adm download, resume or run"
                        + " \(definition.flag)"
                    : definition.restriction
                        ?? "it is a setting of the workspace: adm profile set \(definition.name)"
        )
    }
}

extension SettingValue {
    /// The value as ``JobSettings`` reads it; empty for none.
    fileprivate var jobText: String {
        switch self {
        case .text(let text): text
        case .number(let number): number.settingText
        case .bytes(let count): count.settingText
        case .rate(let rate): rate.settingText
        case .duration(let duration): duration.settingText
        case .list(let items): items.settingText
        // No job has such a setting of its own.
        case .unset, .headers, .boolean: ""
        }
    }
}
