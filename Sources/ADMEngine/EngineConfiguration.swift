public import ADMModel
import ADMProfiles

/// What an engine works in: one workspace, with the flags of this run.
public struct EngineConfiguration: Sendable {
    /// The workspaces of this `ADM_HOME`.
    public var workspaces: Workspaces
    /// The workspace.
    public var selection: WorkspaceSelection
    /// Settings of this run by name; they beat every other layer.
    public var flags: [String: [String]]
    /// The settings that count for jobs without settings of their own.
    public let settings: EffectiveSettings

    /// Reads the settings of a workspace.
    ///
    /// - Throws: ``Failure`` with `configuration` where a file, variable or flag is wrong.
    public init(
        _ workspaces: Workspaces,
        _ selection: WorkspaceSelection,
        flags: [String: [String]] = [:]
    ) throws(Failure) {
        self.workspaces = workspaces
        self.selection = selection
        self.flags = flags
        settings = try workspaces.settings(for: selection, flags: flags)
    }

    /// The settings of one job: the flags of this run, then those the job was added with.
    func transferSettings(for request: JobRequest) throws(Failure) -> TransferSettings {
        var transfer = settings.transfer
        if !request.overrides.isEmpty {
            let own = request.overrides.mapValues { [$0] }
            let merged = own.merging(flags) { _, flag in flag }
            transfer = try workspaces.settings(for: selection, flags: merged).transfer
        }
        if transfer.proxy == nil {
            transfer.proxy = SettingsResolution.environmentProxy(
                scheme: request.url.origin.scheme,
                environment: workspaces.environment
            )
        }
        return transfer
    }

    /// Where downloads go that name no directory: absolute.
    var directory: String {
        settings.directory ?? "\(selection.layout.root)/downloads"
    }
}
