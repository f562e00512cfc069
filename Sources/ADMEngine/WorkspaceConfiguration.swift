public import ADMModel
import ADMProfiles
import ADMScheduling
import ADMSecrets
import Foundation

/// Which workspace is opened, and with which flags of this run.
public struct WorkspaceConfiguration: Sendable {
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
    /// Whether and how a person can be asked for something.
    public var prompt = Prompt()
    /// The `.netrc` file to take credentials from; nil to look into none.
    public var netrc: String?

    /// How a person can be asked.
    public struct Prompt: Sendable {
        /// Whether somebody sits before a terminal and may be asked.
        public var isInteractive = false
        /// Asks for a passphrase without showing it, when it is needed; nil where nobody can be asked.
        public var askPassphrase: (@Sendable (String) async throws(Failure) -> Secret)?

        /// Nobody is asked.
        public init() {}
    }

    /// What a process that opens workspaces does.
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
        var settings = try workspaces.settings(for: selection, flags: flags)
        settings.maxConcurrent = min(settings.maxConcurrent, DescriptorBudget.ofProcess.jobs)
        self.settings = settings
    }

    /// The settings of one job: the flags of this run, then those the job was added with.
    func transferSettings(for request: JobRequest) throws(Failure) -> TransferSettings {
        var transfer = settings.transfer
        request.settings.apply(to: &transfer, except: Set(flags.keys))
        if transfer.proxy == nil {
            transfer.proxy = SettingsResolution.environmentProxy(
                scheme: request.url.origin.scheme,
                environment: workspaces.environment
            ).map(ProxyAddress.withoutLogin)
            if let proxy = transfer.proxy, !ProxyAddress.hasPort(proxy) {
                throw Failure(
                    .configuration,
                    "the proxy \(SourceURL.redact(proxy)) that a variable names has a port that is not one"
                        + " of 1 to 65535",
                    hint: "http_proxy, https_proxy and all_proxy name proxies"
                )
            }
        }
        let connections = DescriptorBudget.ofProcess.connections
        transfer.maxConnections = min(transfer.maxConnections, connections)
        return transfer
    }

    /// What this process is in the budget if it works in some workspaces.
    static func budget(
        of first: WorkspaceConfiguration,
        _ others: [WorkspaceConfiguration]
    ) -> Budget.Configuration {
        let workspaces = first.workspaces
        let known = first.settings.budget
        let capacity = ProcessCapacity(
            limits: ([first] + others).map(\.settings.maxConcurrent),
            ofProcess: first.limitOfProcess
        )
        return Budget.Configuration(
            home: workspaces.home,
            limits: { (try? workspaces.budgetLimits()) ?? known },
            capacity: { capacity.slots },
            role: first.role.rawValue
        )
    }

    /// How many jobs the flags and variables of this process allow at once, whatever the workspace; nil where
    /// they say nothing.
    var limitOfProcess: Int? {
        let isOfProcess = settings.entries.contains { entry in
            guard entry.name == "max-concurrent" else { return false }
            switch entry.origin {
            case .flag, .environment: return true
            case .file, .template, .builtIn: return false
            }
        }
        return isOfProcess ? settings.maxConcurrent : nil
    }

    /// What the workspace is in the budget, as its profile says now.
    var member: Budget.Member {
        let share = (try? workspaces.settings(for: selection))?.share ?? settings.share
        return Budget.Member(
            id: selection.identifier,
            name: selection.name.description,
            share: share
        )
    }

    /// The stores of secrets of the workspace.
    var secretStores: SecretStores {
        SecretStores(
            SecretStores.Configuration(
                workspace: selection.identifier,
                name: selection.name.description,
                file: selection.layout.credentials,
                keyFile: settings.credentials.keyFile,
                command: settings.credentials.command,
                environment: workspaces.environment,
                isInteractive: prompt.isInteractive,
                askPassphrase: prompt.askPassphrase
            )
        )
    }

    /// Where a download goes: absolute.
    ///
    /// - Throws: ``Failure`` with `configuration` where it names no directory and nobody else does.
    func directory(of request: JobRequest) throws(Failure) -> String {
        if let directory = request.directory ?? settings.directory { return directory }
        return try workspaces.standardDirectory(of: selection.name)
    }
}
