public import ADMModel
import ADMProfiles
import ADMScheduling
import Foundation

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
    /// What the process does, as others see it in the budget.
    public var role: Role

    /// What a process with an engine does.
    public enum Role: String, Sendable, Hashable {
        /// Fetches what it was told to and ends.
        case download
        /// Runs the queue.
        case run
    }

    /// Reads the settings of a workspace.
    ///
    /// - Throws: ``Failure`` with `configuration` where a file, variable or flag is wrong.
    public init(
        _ workspaces: Workspaces,
        _ selection: WorkspaceSelection,
        flags: [String: [String]] = [:],
        role: Role = .download
    ) throws(Failure) {
        self.workspaces = workspaces
        self.selection = selection
        self.flags = flags
        self.role = role
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

    /// What this process is in the budget.
    var budget: Budget.Configuration {
        let workspaces = workspaces
        let known = settings.budget
        return Budget.Configuration(
            home: workspaces.home,
            limits: { (try? workspaces.budgetLimits()) ?? known },
            capacity: settings.maxConcurrent,
            role: role.rawValue
        )
    }

    /// What the workspace is in the budget, as its profile says now.
    var member: Budget.Member {
        let share = (try? workspaces.settings(for: selection))?.share ?? settings.share
        return Budget.Member(
            id: selection.identity.uuidString.lowercased(),
            name: selection.name.description,
            share: share
        )
    }

    /// Where downloads go that name no directory: absolute.
    var directory: String {
        settings.directory ?? "\(selection.layout.root)/downloads"
    }
}
