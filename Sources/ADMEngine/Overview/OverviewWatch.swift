import ADMCatalog
public import ADMModel
import Foundation

/// Looks at all workspaces again and again, and does what the person who looks wants.
///
/// It exists inside ``run(_:body:)`` and holds the databases open until then, to look only; each
/// workspace is known by its identity and may be renamed and removed. It runs no jobs, and acts on them
/// through a ``Workspace``, as everybody else does.
public actor OverviewWatch {
    private let home: Home
    private var catalogs: [UUID: Catalog] = [:]
    private var speeds: [Key: SpeedMeter] = [:]
    private var meters: [UUID: ThroughputMeter] = [:]

    private struct Key: Hashable {
        let workspace: UUID
        let job: Int64
    }

    private init(_ home: Home) { self.home = home }

    /// Watches for as long as `body` runs.
    ///
    /// - Throws: What `body` throws.
    public static func run<Result: Sendable>(
        _ home: Home,
        body: (OverviewWatch) async throws -> Result
    ) async throws -> Result {
        let watch = OverviewWatch(home)
        do {
            let result = try await body(watch)
            await watch.close()
            return result
        } catch {
            await watch.close()
            throw error
        }
    }

    private func close() async {
        for catalog in catalogs.values { await catalog.close() }
        catalogs = [:]
    }

    // MARK: - Looking

    /// What there is to see now; `limit` is how many jobs of each workspace are listed.
    ///
    /// A workspace that cannot be read says so and disturbs no other.
    ///
    /// - Throws: ``Failure`` if the budget or the list of workspaces cannot be read.
    public func sample(limit: Int = 20) async throws(Failure) -> Overview {
        let budget = try await home.budgetReport()
        var overview = Overview(budget: budget)
        var present: Set<UUID> = []
        for sight in try await home.blocking(OverviewWatch.look) {
            let name = sight.name
            var entry = Overview.Workspace(name: name.description)
            if let known = budget.workspaces.first(where: { $0.name == entry.name }) {
                entry.slots = known.slots
                entry.connections = known.connections
                entry.entitled = known.entitled
            }
            do throws(Failure) {
                entry.share = try sight.share.get()
                let identity = try sight.identity.get()
                present.insert(identity)
                if let catalog = try await catalog(of: sight, identity) {
                    try await look(at: catalog, identity, limit, &entry, &overview)
                }
            } catch { entry.problem = error }
            overview.workspaces.append(entry)
        }
        for (identity, catalog) in catalogs where !present.contains(identity) {
            await catalog.close()
            catalogs[identity] = nil
        }
        overview.jobs.sort { left, right in
            (left.job.state == .running ? 0 : 1) < (right.job.state == .running ? 0 : 1)
        }
        overview.failures.sort {
            ($0.job.finishedAt ?? .distantPast) > ($1.job.finishedAt ?? .distantPast)
        }
        overview.bytesPerSecond = overview.workspaces.map(\.bytesPerSecond).reduce(0, +)
        return overview
    }

    /// What the files of a workspace say.
    private struct Sight: Sendable {
        let name: WorkspaceName
        let layout: WorkspaceLayout
        let share: Result<WorkspaceShare, Failure>
        let identity: Result<UUID, Failure>
        let hasDatabase: Bool
    }

    private static func look(_ files: HomeFiles) throws(Failure) -> [Sight] {
        try files.names().map { name in
            let layout = files.layout.workspace(name)
            return Sight(
                name: name,
                layout: layout,
                share: Result { () throws(Failure) in
                    try SettingsReader(files: files).settings(of: name).share
                },
                identity: Result { () throws(Failure) in try files.identity(of: name) },
                hasDatabase: FileManager.default.fileExists(atPath: layout.database)
            )
        }
    }

    private func catalog(
        of sight: Sight,
        _ identity: UUID
    ) async throws(Failure) -> Catalog? {
        let layout = sight.layout
        if let catalog = catalogs[identity] {
            if catalog.layout == layout { return catalog }
            await catalog.close()
            catalogs[identity] = nil
        }
        guard sight.hasDatabase else { return nil }
        let catalog = try await Catalog.look(
            layout,
            home: home.layout,
            identity: identity.uuidString.lowercased(),
            isBrief: true
        )
        catalogs[identity] = catalog
        return catalog
    }

    private func look(
        at catalog: Catalog,
        _ identity: UUID,
        _ limit: Int,
        _ entry: inout Overview.Workspace,
        _ overview: inout Overview
    ) async throws(Failure) {
        let name = entry.name
        entry.counts = try await catalog.list.counts()
        let others: Set<JobState> = [.retrying, .paused, .scheduled, .blocked]
        let upcoming = try await catalog.list.upcoming(limit: limit)
        let further = try await catalog.list.jobs(states: others, limit: limit)
        let now = ContinuousClock.now
        for job in upcoming + further {
            var speed = 0.0
            if job.state == .running {
                let key = Key(workspace: identity, job: job.number)
                speeds[key, default: .recorded].add(job.bytesDone, at: now)
                speed = speeds[key]?.bytesPerSecond ?? 0
            }
            overview.jobs.append(
                .init(workspace: name, identity: identity, job: job, bytesPerSecond: speed)
            )
        }
        let running = Set(upcoming.filter { $0.state == .running }.map(\.number))
        speeds = speeds.filter { $0.key.workspace != identity || running.contains($0.key.job) }
        for job in try await catalog.list.history(limit: 5, states: [.failed]) {
            overview.failures.append(.init(workspace: name, identity: identity, job: job))
        }
        let last = try await catalog.list.lastEvent()
        var meter = meters[identity] ?? ThroughputMeter(after: last)
        let events = try await catalog.list.events(after: meter.lastEvent, limit: 5000)
        meter.add(upcoming.filter { $0.state == .running }, events, at: now)
        entry.bytesPerSecond = meter.bytesPerSecond
        meters[identity] = meter
    }

    // MARK: - Acting

    /// Pauses, resumes, cancels or retries one job, as ``WorkspaceQueue/act(_:on:)`` does.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` or `jobNotFound`, or of its database.
    public func act(
        _ action: QueueAction,
        on entry: Overview.Entry
    ) async throws -> QueueActionSummary {
        try await working(on: entry) { engine in
            try await engine.queue.act(action, on: JobSelection(numbers: [entry.job.number]))
        }
    }

    /// Changes the priority of a job by some steps, as ``WorkspaceQueue/change(_:_:)`` does.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` or `jobNotFound`, `locked` or `exists` if the job
    ///   does not wait any more, or of its database.
    public func raise(_ entry: Overview.Entry, by step: Int) async throws -> Job {
        try await working(on: entry) { engine in
            let job = try await engine.job(String(entry.job.number))
            var change = JobChange()
            change.priority = Priority.raised(job.request.priority, by: step)
            return try await engine.queue.change(job, change)
        }
    }

    /// Works in the workspace that an entry was seen in, whatever its name is by now.
    private func working<Result: Sendable>(
        on entry: Overview.Entry,
        _ body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        let home = home
        let configuration = try await home.blocking { (files) throws(Failure) in
            let name = try files.names().first {
                (try? files.identity(of: $0)) == entry.identity
            }
            let selection = try name.map { (name) throws(Failure) in
                try WorkspaceSelector(files: files).selection(of: name)
            }
            guard let selection, selection.identity == entry.identity else {
                throw Failure(
                    .workspaceNotFound,
                    "the workspace \"\(entry.workspace)\" does not exist any more"
                )
            }
            return try WorkspaceConfiguration(home, selection)
        }
        return try await Home.run(in: configuration, body: body)
    }
}
