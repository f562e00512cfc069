package import ADMCatalog
package import ADMModel
import ADMTransfer
import Foundation

/// Runs the jobs that this process was asked to run, a limited number at a time.
///
/// Exists only inside ``run(_:body:)``: when the body returns or throws, running jobs are
/// stopped after a checkpoint and held.
package actor Scheduler {
    /// What the scheduler works with.
    package struct Configuration: Sendable {
        /// The workspace's database.
        package var catalog: Catalog
        /// This process's life sign.
        package var owner: String
        /// How many jobs run at once.
        package var limit: Int
        /// The settings that count for a job.
        package var settings: @Sendable (JobRequest) throws -> TransferSettings
        /// Takes events after they were recorded.
        package var publish: @Sendable ([JobEvent]) async -> Void

        /// Collects what the scheduler works with.
        package init(
            catalog: Catalog,
            owner: String,
            limit: Int,
            settings: @escaping @Sendable (JobRequest) throws -> TransferSettings,
            publish: @escaping @Sendable ([JobEvent]) async -> Void
        ) {
            self.catalog = catalog
            self.owner = owner
            self.limit = limit
            self.settings = settings
            self.publish = publish
        }
    }

    private struct Work: Sendable {
        let job: Job
        let fields: [HeaderField]
        let stop: AsyncStream<Void>
    }

    private let configuration: Configuration
    private let sessions: HTTPSessions
    private let work: AsyncStream<Work>.Continuation
    private var running: [JobID: Job] = [:]
    private var monitors: [JobID: TransferMonitor] = [:]
    private var stops: [JobID: AsyncStream<Void>.Continuation] = [:]
    private var outcomes: [JobID: JobOutcome] = [:]
    private var remembered: [JobID] = []
    private var listeners: [AsyncStream<JobOutcome>.Continuation] = []
    private var waiters: [JobID: [AsyncStream<JobOutcome>.Continuation]] = [:]

    private init(
        _ configuration: Configuration,
        sessions: HTTPSessions,
        work: AsyncStream<Work>.Continuation
    ) {
        self.configuration = configuration
        self.sessions = sessions
        self.work = work
    }

    /// Runs `body` beside the jobs that it starts.
    ///
    /// - Throws: What `body` throws.
    package static func run<Result: Sendable>(
        _ configuration: Configuration,
        body: sending (Scheduler) async throws -> Result
    ) async throws -> Result {
        try await HTTPSessions.run { sessions in
            let (stream, continuation) = AsyncStream.makeStream(of: Work.self)
            let scheduler = Scheduler(configuration, sessions: sessions, work: continuation)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await scheduler.dispatch(stream) }
                defer {
                    continuation.finish()
                    group.cancelAll()
                }
                return try await body(scheduler)
            }
        }
    }

    /// Runs a job of the workspace when one of the places is free.
    ///
    /// - Throws: ``Failure`` with `authentication` where secret header fields that were not stored
    ///   are missing.
    package func start(_ job: Job, fields: [HeaderField]) throws(Failure) {
        let given = Set(fields.map { $0.name.lowercased() })
        let missing = job.withheldHeaders.filter { !given.contains($0.lowercased()) }
        guard missing.isEmpty else {
            throw Failure(
                .authentication,
                "job \(job.number) needs the header field \(missing.joined(separator: ", ")) again",
                hint: "secrets are not stored: adm resume \(job.number) --header @FILE"
            )
        }
        guard stops[job.id] == nil else { return }
        let (stop, continuation) = AsyncStream.makeStream(of: Void.self)
        stops[job.id] = continuation
        if outcomes.removeValue(forKey: job.id) != nil { remembered.removeAll { $0 == job.id } }
        work.yield(Work(job: job, fields: fields, stop: stop))
    }

    /// Waits until a job that was started has ended.
    ///
    /// - Throws: `CancellationError` after cancellation of the waiting task, which changes nothing
    ///   about the job.
    package func outcome(of job: JobID) async throws -> JobOutcome {
        if let outcome = outcomes[job] { return outcome }
        guard stops[job] != nil else { return try await recorded(job) }
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        waiters[job, default: []].append(continuation)
        for await outcome in stream { return outcome }
        throw CancellationError()
    }

    /// The outcome of a job that ended long ago or does not run here.
    private func recorded(_ id: JobID) async throws -> JobOutcome {
        guard let job = try await configuration.catalog.job(id: id) else {
            throw Failure(.jobNotFound, "there is no job \(id) in this workspace")
        }
        switch job.state {
        case .succeeded:
            let completion = JobEvent.Completion(
                destinationPath: job.destination ?? job.directory,
                totalBytes: job.bytesTotal ?? job.bytesDone,
                elapsedSeconds: job.transferSeconds,
                averageSpeed: 0,
                verification: job.verification
            )
            return .succeeded(job, completion)
        case .failed:
            let failure = job.failure ?? Failure(.unclassified, "job \(job.number) failed")
            return .failed(job, failure)
        case .cancelled: return .cancelled(job)
        default: return .paused(job, job.failure)
        }
    }

    /// The outcome of every job that ends from now on, in order.
    package func ends() -> AsyncStream<JobOutcome> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        listeners.append(continuation)
        return stream
    }

    /// The jobs that run, by identifier.
    package func activeJobs() -> [JobID: Job] { running }

    /// Ends the run of a job after a checkpoint; the outcome is `paused`.
    package func stop(_ job: JobID) { stops[job]?.yield() }

    /// Whether the job waits for a place or runs here.
    package func isActive(_ job: JobID) -> Bool { stops[job] != nil }

    /// How far the running jobs are, in the order in which they were added.
    package func progress() -> [TransferProgress] {
        monitors.values.map(\.progress).sorted { $0.job < $1.job }
    }

    /// How many jobs wait for a place.
    package var waitingCount: Int { max(0, stops.count - monitors.count) }

    private func dispatch(_ stream: AsyncStream<Work>) async {
        await withDiscardingTaskGroup { group in
            let places = Places(configuration.limit)
            for await work in stream {
                await places.take()
                group.addTask {
                    await self.execute(work)
                    await places.give()
                }
            }
        }
    }

    private func execute(_ work: Work) async {
        let monitor = TransferMonitor(job: work.job.id, name: work.job.displayName)
        monitor.update {
            $0.bytesDone = work.job.bytesDone
            $0.bytesTotal = work.job.bytesTotal
        }
        monitors[work.job.id] = monitor
        running[work.job.id] = work.job
        let outcome: JobOutcome
        do { outcome = try await run(work, monitor: monitor) } catch {
            let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
            outcome = Task.isCancelled ? .paused(work.job, nil) : .failed(work.job, failure)
        }
        monitors[work.job.id] = nil
        running[work.job.id] = nil
        stops[work.job.id] = nil
        settle(outcome)
    }

    /// Tells everybody who waits how a job ended.
    private func settle(_ outcome: JobOutcome) {
        remember(outcome, of: outcome.job.id)
        for waiter in waiters.removeValue(forKey: outcome.job.id) ?? [] {
            waiter.yield(outcome)
            waiter.finish()
        }
        for listener in listeners { listener.yield(outcome) }
    }

    /// Tells the outcome of a job that is finished already, as if it had just ended here.
    package func repeatOutcome(of job: Job) async throws { settle(try await recorded(job.id)) }

    /// Keeps the last thousand outcomes, so that a long list of jobs needs no more memory.
    private func remember(_ outcome: JobOutcome, of job: JobID) {
        if outcomes.updateValue(outcome, forKey: job) == nil { remembered.append(job) }
        if remembered.count > 1000 { outcomes[remembered.removeFirst()] = nil }
    }

    private func run(_ work: Work, monitor: TransferMonitor) async throws -> JobOutcome {
        let settings = try configuration.settings(work.job.request)
        guard !Task.isCancelled else { return .paused(work.job, nil) }
        let claim = try await configuration.catalog.claim(
            number: work.job.number,
            owner: configuration.owner
        )
        guard let claim else {
            throw Failure(
                .locked,
                "job \(work.job.number) is being downloaded by another process",
                hint: "adm list shows it; it goes on there"
            )
        }
        let runner = JobRunner(
            RunResources(
                catalog: configuration.catalog,
                sessions: sessions,
                settings: settings,
                fields: work.fields,
                monitor: monitor,
                publish: configuration.publish
            ),
            owner: configuration.owner
        )
        // Whichever ends first, the run or the wish to stop it, ends the other.
        return try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            group.addTask { try await runner.run(claim) }
            group.addTask {
                for await _ in work.stop { break }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
                group.cancelAll()
            }
            return .paused(work.job, nil)
        }
    }
}

/// A counted number of places; taking one waits until one is free.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        guard waiting.isEmpty else {
            waiting.removeFirst().resume()
            return
        }
        free += 1
    }
}

extension Job {
    /// The file name, or what the URL suggests while it is not known.
    var displayName: String {
        let last = request.url.lastSegment
        return fileName ?? request.fileName
            ?? (last.isEmpty ? request.url.origin.host : last.removingPercentEncoding ?? last)
    }
}
