import ADMCatalog
public import ADMModel
import Foundation

/// Looks at all workspaces again and again, and does what the person who looks wants.
///
/// It exists inside ``run(_:body:)`` and holds the databases open meanwhile. It runs no jobs.
public actor OverviewWatch {
    private let workspaces: Workspaces
    private var catalogs: [WorkspaceName: Catalog] = [:]
    private var speeds: [Key: ProgressSpeed] = [:]
    private var meters: [String: ThroughputMeter] = [:]

    private struct Key: Hashable {
        let workspace: String
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
        for name in try workspaces.names() {
            var entry = Overview.Workspace(name: name.description)
            if let present = budget.workspaces.first(where: { $0.name == entry.name }) {
                entry.slots = present.slots
                entry.entitled = present.entitled
            }
            do throws(Failure) {
                entry.share = try workspaces.settings(of: name, flags: [:]).share
                if let catalog = try await catalog(of: name) {
                    try await look(at: catalog, name.description, limit, &entry, &overview)
                }
            } catch { entry.problem = error }
            overview.workspaces.append(entry)
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

    private func catalog(of name: WorkspaceName) async throws(Failure) -> Catalog? {
        if let catalog = catalogs[name] { return catalog }
        let layout = workspaces.home.workspace(name)
        guard FileManager.default.fileExists(atPath: layout.database) else { return nil }
        let catalog = try await Catalog.open(layout, home: workspaces.home)
        catalogs[name] = catalog
        return catalog
    }

    private func look(
        at catalog: Catalog,
        _ name: String,
        _ limit: Int,
        _ entry: inout Overview.Workspace,
        _ overview: inout Overview
    ) async throws(Failure) {
        entry.counts = try await catalog.counts()
        let others: Set<JobState> = [.retrying, .paused, .scheduled, .blocked]
        let upcoming = try await catalog.upcoming(limit: limit)
        let further = try await catalog.jobs(states: others, limit: limit)
        let now = ContinuousClock.now
        for job in upcoming + further {
            var speed = 0.0
            if job.state == .running {
                let key = Key(workspace: name, job: job.number)
                speeds[key, default: ProgressSpeed()].add(job.bytesDone, at: now)
                speed = speeds[key]?.bytesPerSecond ?? 0
            }
            overview.jobs.append(.init(workspace: name, job: job, bytesPerSecond: speed))
        }
        let running = Set(upcoming.filter { $0.state == .running }.map(\.number))
        speeds = speeds.filter { $0.key.workspace != name || running.contains($0.key.job) }
        for job in try await catalog.history(limit: 5, states: [.failed]) {
            overview.failures.append(.init(workspace: name, job: job))
        }
        let last = try await catalog.lastEvent()
        var meter = meters[name] ?? ThroughputMeter(after: last)
        let events = try await catalog.events(after: meter.lastEvent, limit: 5000)
        meter.add(upcoming.filter { $0.state == .running }, events, at: now)
        entry.bytesPerSecond = meter.bytesPerSecond
        meters[name] = meter
    }

    // MARK: - Acting

    /// Pauses, resumes, cancels or retries one job.
    ///
    /// - Throws: ``Failure`` of its database.
    public func act(_ action: QueueAction, on entry: Overview.Entry) async throws(Failure) {
        guard let catalog = try await catalog(of: WorkspaceName(entry.workspace)) else { return }
        let step = try await catalog.apply(
            action,
            to: JobSelection(numbers: [entry.job.number])
        )
        catalog.wake(step.owners)
        catalog.wakeOwners()
    }

    /// Changes the priority of a job that waits; false where it does not.
    ///
    /// - Throws: ``Failure`` of its database.
    public func raise(_ entry: Overview.Entry, by step: Int) async throws(Failure) -> Bool {
        guard let catalog = try await catalog(of: WorkspaceName(entry.workspace)) else {
            return false
        }
        var change = JobChange()
        change.priority = Priority.raised(entry.job.request.priority, by: step)
        let changed = try await catalog.change(number: entry.job.number, change)
        catalog.wakeOwners()
        return changed != nil
    }
}
