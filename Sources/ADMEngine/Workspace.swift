import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSecrets

/// A workspace that is open: its jobs, its queue, its credentials.
///
/// It stays open while somebody has this value or a job of it runs here (``RunningHome/workspace(_:)``).
public final class Workspace: WorkspaceReading {
    /// Which workspace, and with which settings.
    public var configuration: WorkspaceConfiguration { opened.configuration }
    /// What is known about its jobs.
    public var records: WorkspaceRecords { WorkspaceRecords(catalog: catalog) }
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
}
