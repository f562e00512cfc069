public import ADMModel
import ADMProfiles
import ADMScheduling
import ADMSecrets
import Foundation
import Logging

/// Which workspace is opened or looked at, and with which settings.
public struct WorkspaceConfiguration: Sendable {
    /// The home that the workspace is in.
    public let home: Home
    /// The workspace.
    public let selection: WorkspaceSelection
    /// What counts for all workspaces of this process.
    public var options: HomeOptions
    /// Whether and how a person can be asked for something.
    public var prompt: HomeOptions.Prompt {
        get { options.prompt }
        set { options.prompt = newValue }
    }
    /// The `.netrc` file to take credentials from; nil to look into none.
    public var netrc: String? {
        get { options.netrc }
        set { options.netrc = newValue }
    }
    /// The settings that count for jobs without settings of their own.
    public let settings: EffectiveSettings

    /// Reads the settings of a workspace.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or flag is wrong.
    init(
        _ home: Home,
        _ selection: WorkspaceSelection,
        options: HomeOptions = HomeOptions()
    ) throws(Failure) {
        self.home = home
        self.selection = selection
        self.options = options
        var settings = try SettingsReader(files: home.files).settings(
            of: selection.name,
            overrides: options.overrides
        )
        settings.maxConcurrent = min(settings.maxConcurrent, DescriptorBudget.ofProcess.jobs)
        self.settings = settings
    }

    /// The settings of one job: the flags of this run, then those the job was added with.
    func transferSettings(for request: JobRequest) throws(Failure) -> TransferSettings {
        var transfer = settings.transfer
        request.settings.apply(to: &transfer, except: Set(options.overrides.values.keys))
        // The profile of now counts, not that of the time at which the job was handed in.
        if settings.privateAddresses == .allow { transfer.publicOnly = false }
        if transfer.proxy == nil {
            let named = SettingsResolution.environmentProxy(
                scheme: request.url.origin.scheme,
                environment: home.environment
            )
            guard named.map(ProxyAddress.hasClearLogin) ?? true else {
                throw Failure(
                    .configuration,
                    "the proxy that a variable names has a password in which @ or / is not escaped",
                    hint: "write %40 for @ and %2F for / in http_proxy, https_proxy or all_proxy"
                )
            }
            transfer.proxy = named.map(ProxyAddress.withoutLogin)
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

    /// What the workspace is in the budget, as its profile says now.
    var member: Budget.Member {
        let share =
            (try? SettingsReader(files: home.files).settings(of: selection.name))?.share
            ?? settings.share
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
                environment: home.environment,
                isInteractive: options.prompt.isInteractive,
                askPassphrase: options.prompt.askPassphrase,
                logger: home.logger.with("workspace", selection.name)
            )
        )
    }

    /// Where a download goes: absolute.
    ///
    /// - Throws: ``Failure`` with `configuration` if it names no directory and nobody else does.
    func directory(of request: JobRequest) throws(Failure) -> String {
        if let directory = request.directory { return directory }
        return try directory()
    }

    /// Where downloads go that name no directory: absolute.
    ///
    /// - Throws: ``Failure`` with `configuration` if nobody names one.
    package func directory() throws(Failure) -> String {
        if let directory = settings.directory { return directory }
        return try SettingsReader(files: home.files).standardDirectory(of: selection.name)
    }
}
