public import ADMModel
import ADMProfiles

extension JobSettings {
    /// Reads the settings of a job that stands in a list or is handed in by a program, by the name of the
    /// setting, such as `["retries": "3", "limit-rate": "500k"]`.
    ///
    /// - Throws: ``Failure`` with `usage`: for a name that is not a setting, a value that is not allowed, or a
    ///   setting that only the owner of the workspace decides, such as `proxy`, `ca-file` or `insecure`.
    public init(parsing fields: [String: String]) throws(Failure) {
        self = try SettingsTable.jobSettings(fields.mapValues { [$0] }, isOwner: false)
    }

    /// Reads the settings of a job that the owner of the workspace gives as options, by the name of the
    /// setting; the last value counts, except for lists.
    ///
    /// - Throws: ``Failure`` with `usage`: for a name that is not a setting of jobs, or a value that is not
    ///   allowed.
    public init(options: [String: [String]]) throws(Failure) {
        self = try SettingsTable.jobSettings(options, isOwner: true)
    }
}
