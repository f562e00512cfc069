import ADMCatalog
public import ADMModel
import Foundation

/// Looks at all workspaces again and again, and does what the person who looks wants.
///
/// It exists inside ``run(_:body:)`` and holds the databases open meanwhile, to look only; each
/// workspace is known by its identity and may be renamed and removed. It runs no jobs.
public actor OverviewWatch {
    private let workspaces: Workspaces
    private var catalogs: [UUID: Catalog] = [:]
    private var speeds: [Key: SpeedMeter] = [:]
    private var meters: [UUID: ThroughputMeter] = [:]

    private struct Key: Hashable {
        let workspace: UUID
        let job: Int64
    }

    private init(_ workspaces: Workspaces) { self.workspaces = workspaces }

    /// Watches for as long as `body` runs.
    ///
    /// - Throws: What `body` throws.
    public static func run<Result: Sendable>(
        _ workspaces: Workspaces,
        body: (OverviewWatch) async throws -> Result
    ) async throws -> Result {
        let watch = OverviewWatch(workspaces)
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
    /// - Throws: ``Failure`` where the budget or the list of workspaces cannot be read.
    public func sample(limit: Int = 20) async throws(Failure) -> Overview {
        let budget = try await workspaces.budget()
        var overview = Overview(budget: budget)
        var present: Set<UUID> = []
        for name in try workspaces.names() {
            var entry = Overview.Workspace(name: name.description)
            if let known = budget.workspaces.first(where: { $0.name == entry.name }) {
                entry.slots = known.slots
                entry.entitled = known.entitled
            }
            do throws(Failure) {
                entry.share = try workspaces.settings(of: name, flags: [:]).share
                let identity = try workspaces.identity(of: name)
                present.insert(identity)
                if let catalog = try await catalog(of: name, identity) {
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

    private func catalog(
        of name: WorkspaceName,
        _ identity: UUID
    ) async throws(Failure) -> Catalog? {
        let layout = workspaces.home.workspace(name)
        if let catalog = catalogs[identity] {
            if catalog.layout == layout { return catalog }
            await catalog.close()
            catalogs[identity] = nil
        }
        guard FileManager.default.fileExists(atPath: layout.database) else { return nil }
        let catalog = try await Catalog.look(
            layout,
            home: workspaces.home,
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

    /// Pauses, resumes, cancels or retries one job; false where it has no use for that.
    ///
    /// - Throws: ``Failure`` of its database.
    public func act(
        _ action: QueueAction,
        on entry: Overview.Entry
    ) async throws(Failure) -> Bool {
        try await changing(entry) { (catalog) async throws(Failure) in
            let step = try await catalog.control.apply(
                action,
                to: JobSelection(numbers: [entry.job.number])
            )
            catalog.wake(step.owners)
            catalog.wakeOwners()
            return step.outcomes.contains { $0.result != .unchanged }
        }
    }

    /// Changes the priority of a job that waits; false where it does not.
    ///
    /// - Throws: ``Failure`` of its database.
    public func raise(_ entry: Overview.Entry, by step: Int) async throws(Failure) -> Bool {
        var change = JobChange()
        change.priority = Priority.raised(entry.job.request.priority, by: step)
        let wanted = change
        return try await changing(entry) { (catalog) async throws(Failure) in
            let changed = try await catalog.control.change(number: entry.job.number, wanted)
            catalog.wakeOwners()
            return changed != nil
        }
    }

    /// Opens the workspace that an entry was seen in, whatever its name is by now.
    private func changing<Result>(
        _ entry: Overview.Entry,
        _ body: (Catalog) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let name = try workspaces.names().first {
            (try? workspaces.identity(of: $0)) == entry.identity
        }
        guard let name, let identity = entry.identity else {
            throw Failure(
                .workspaceNotFound,
                "the workspace \"\(entry.workspace)\" does not exist any more"
            )
        }
        let catalog = try await Catalog.open(
            workspaces.home.workspace(name),
            home: workspaces.home,
            identity: identity.uuidString.lowercased()
        )
        do {
            let result = try await body(catalog)
            await catalog.close()
            return result
        } catch {
            await catalog.close()
            throw error
        }
    }
}
