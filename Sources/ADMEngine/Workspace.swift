import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSecrets

/// A workspace that is open: the jobs that this process waits for, and what happens to them.
///
/// What concerns all jobs of the workspace, whoever runs them, is in its ``queue``; what concerns its logins is
/// in its ``credentials``.
///
/// It stays open while somebody has this value or a job of it runs here (``RunningHome/workspace(_:)``).
public final class Workspace: WorkspaceReading {
    /// Which workspace, and with which settings.
    public var configuration: WorkspaceConfiguration { opened.configuration }
    /// What is known about its jobs.
    public var records: WorkspaceRecords { WorkspaceRecords(catalog: catalog) }
    /// Its queue: everything that waits or runs, here or in another process.
    public var queue: WorkspaceQueue { WorkspaceQueue(self) }
    /// Its credentials.
    public var credentials: WorkspaceCredentials { WorkspaceCredentials(self) }
    private let opened: OpenWorkspace
    private let reference: WorkspaceReference

    var catalog: Catalog { opened.catalog }
    var scheduler: Scheduler { opened.scheduler }
    var stores: SecretStores { opened.stores }
    var broker: CredentialBroker { opened.broker }
    var budgetHolder: String { opened.budgetHolder }
    var finishedAtStart: [Job] { opened.finishedAtStart }

    /// Uses an open workspace, which was counted for that.
    init(_ opened: OpenWorkspace) {
        self.opened = opened
        reference = WorkspaceReference(counted: opened)
    }

    /// Says that it is not used any more, whoever else still has this value.
    func letGo() { reference.end() }

    /// Every event from now on, progress a few times a second among them; ends when the workspace is closed.
    public func events() async -> AsyncStream<JobEvent> {
        await opened.broadcast.listen(keeping: reference)
    }

    /// Ends all sequences of events, ends and notices; what came before is still delivered.
    public func endEvents() async {
        await opened.broadcast.finish()
        await scheduler.endSequences()
    }

    /// The events of one job that was added here, until it has ended.
    ///
    /// Events from before the call are not among them, except the end, if it has come already.
    public func events(of job: JobID) async -> AsyncStream<JobEvent> {
        let stream = await opened.broadcast.listen(to: job, keeping: reference)
        if await !scheduler.isActive(job) { await opened.broadcast.finish(job) }
        return stream
    }

    /// How far the running jobs are.
    public func progress() async -> [TransferProgress] { await scheduler.progress() }

    /// How many added jobs wait for a place in this process.
    public func waitingCount() async -> Int { await scheduler.waitingCount }

    /// The waits of jobs here for servers that asked for it (`Retry-After`), each once, from now on.
    public func coolDownNotices() async -> AsyncStream<CoolDownNotice> {
        await scheduler.coolDownNotices()
    }

    /// Waits until a job that was added or resumed here has ended.
    ///
    /// - Throws: `CancellationError` after cancellation of the waiting task; the job continues.
    public func wait(for job: JobID) async throws -> JobOutcome {
        try await scheduler.outcome(of: job)
    }

    /// The outcome of every job that ends here from now on, in order.
    public func ends() async -> AsyncStream<JobOutcome> { await scheduler.allEnds() }

    func publish(_ events: [JobEvent]) async { await opened.broadcast.publish(events) }

    // MARK: - Without a job

    /// Fetches a Metalink, with the settings and credentials of the workspace; `own` are settings that
    /// differ from them, as in ``JobRequest/settings``.
    ///
    /// - Throws: ``Failure`` of the network, `remoteProtocol` if it is longer than
    ///   ``MetalinkDocument/maximumLength``; `CancellationError`.
    public func metalink(
        at url: SourceURL,
        headers: [HeaderField] = [],
        settings own: JobSettings = JobSettings()
    ) async throws -> MetalinkDocument {
        let request = JobRequest(url: url, headers: headers, settings: own)
        let (bytes, base) = try await scheduler.probe.document(
            at: url,
            named: "the Metalink",
            limit: MetalinkDocument.maximumLength,
            fields: fields(of: request),
            settings: try configuration.transferSettings(for: request)
        )
        return MetalinkDocument(bytes, from: url, foundAt: base)
    }

    /// The header fields that a request is sent with: its own, `more`, and those of the workspace that they do
    /// not replace.
    func fields(of request: JobRequest, and more: [HeaderField] = []) -> [HeaderField] {
        HeaderField.merged(configuration.settings.transfer.headers, own: request.headers + more)
    }
}
