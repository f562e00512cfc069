package import ADMCatalog
package import ADMDisk
package import ADMModel
package import ADMTransfer

/// What the run of a job needs from outside.
package struct RunResources: Sendable {
    /// The workspace's database.
    package var catalog: Catalog
    /// The workspace's connections.
    package var sessions: HTTPSessions
    /// The settings that count for this job.
    package var settings: TransferSettings
    /// Whether somebody waits for the job.
    package var isForeground: Bool
    /// Header fields for this run, secrets among them.
    package var fields: [HeaderField]
    /// The credentials of the workspace.
    package var credentials: any CredentialSource
    /// The speed limits of the job.
    package var limits: JobLimits
    /// How many connections the job may have.
    package var allowance: ConnectionAllowance
    /// How many files this process fetches from the host, this one among them.
    package var companions: Int
    /// What makes files durable, many at a time.
    package var groupSync: GroupSync
    /// What gives whole files their final names, many at a time.
    package var finishLine: FinishLine
    /// Takes what the run tells of itself while it lasts.
    package var news: @Sendable (AttemptNews) async -> Void
    /// Why the run is stopped, if it is.
    package var stopReason: @Sendable () -> StopReason
    /// Where progress is shown.
    package var monitor: TransferMonitor
    /// Takes events after they were recorded.
    package var publish: @Sendable ([JobEvent]) async -> Void

    /// Collects what a run needs.
    package init(
        catalog: Catalog,
        sessions: HTTPSessions,
        settings: TransferSettings,
        isForeground: Bool,
        fields: [HeaderField],
        credentials: any CredentialSource,
        limits: JobLimits,
        allowance: ConnectionAllowance = ConnectionAllowance(),
        companions: Int,
        groupSync: GroupSync,
        finishLine: FinishLine,
        news: @escaping @Sendable (AttemptNews) async -> Void,
        stopReason: @escaping @Sendable () -> StopReason,
        monitor: TransferMonitor,
        publish: @escaping @Sendable ([JobEvent]) async -> Void
    ) {
        self.catalog = catalog
        self.sessions = sessions
        self.settings = settings
        self.isForeground = isForeground
        self.fields = fields
        self.credentials = credentials
        self.limits = limits
        self.allowance = allowance
        self.companions = companions
        self.groupSync = groupSync
        self.finishLine = finishLine
        self.news = news
        self.stopReason = stopReason
        self.monitor = monitor
        self.publish = publish
    }
}
