import ADMModel
import Foundation

/// Which queues a process that runs all of them has to look at, and which it has to run: a value.
///
/// What it is told comes from the directory of all workspaces and from their databases. A queue that is idle is
/// looked at again when its files have changed and a few times after that, when a job's time has come, and, while
/// processes run jobs of it or the workspace is paused, with every pass.
struct QueueRoster: Sendable {
    /// A workspace that exists.
    struct Present: Sendable, Hashable {
        var identity: UUID
        var name: WorkspaceName
        /// What its files look like from outside.
        var stamp: WorkspaceStamp
    }

    /// What was seen in a database.
    struct Sight: Sendable, Hashable {
        /// Whether a job is ready or waits for its next attempt.
        var hasWork = false
        /// Whether jobs belong to processes that died.
        var hasDeadOwners = false
        /// Whether a process runs jobs, or waits for them in the foreground.
        var hasExecutors = false
        /// When the next scheduled job is due; nil for none.
        var nextDue: Date?
        /// Whether the workspace is paused.
        var isPaused = false
    }

    private struct Entry {
        var name: WorkspaceName
        var stamp: WorkspaceStamp?
        var sight = Sight()
        var isRunning = false
        /// Whether it could not be run; what is wrong with it is said once for each change of its files.
        var failedAt: ContinuousClock.Instant?
        var profile: [Int64] = []
        /// How many jobs may still be begun; nil for no limit.
        var left: Int?
        var takenOverAt: ContinuousClock.Instant?
        /// When its files were seen to have changed, and how often it was looked at again since.
        var changedAt: ContinuousClock.Instant?
        var looks = 0
    }

    /// How long the jobs of dead processes that could not be taken over are left alone.
    static let pause = Duration.seconds(2)
    /// How long a workspace that could not be run is left alone: what was in the way may have gone without a
    /// change of its files, and closing it changes them.
    static let rest = Duration.seconds(30)
    /// How long after a change of its files a workspace is looked at again: a commit is written before the disk has
    /// it, and seen by others after that, of which no file tells.
    static let again: [Duration] = [
        .milliseconds(50), .milliseconds(500), .seconds(2), .seconds(10),
    ]

    private let maxJobs: Int?
    private var entries: [UUID: Entry] = [:]

    /// Creates a roster without workspaces; `maxJobs` is how many jobs of each are run.
    init(maxJobs: Int? = nil) { self.maxJobs = maxJobs }

    /// The workspaces that exist, by what was told last.
    var identities: Set<UUID> { Set(entries.keys) }

    /// Whether a queue is being run.
    var isBusy: Bool { entries.values.contains(where: \.isRunning) }

    /// How many jobs of a workspace may still be begun; nil for no limit.
    func left(_ identity: UUID) -> Int? { entries[identity].map(\.left) ?? maxJobs }

    /// Whether every workspace has run as many jobs as it may.
    var hasDoneAll: Bool {
        !entries.isEmpty && entries.values.allSatisfy { $0.left.map { $0 <= 0 } ?? false }
    }

    /// Takes the workspaces that exist now.
    ///
    /// - Returns: Those whose databases are to be looked at.
    mutating func update(
        _ present: [Present],
        at now: Date = Date(),
        _ instant: ContinuousClock.Instant = .now
    ) -> [Present] {
        let found = Set(present.map(\.identity))
        entries = entries.filter { found.contains($0.key) || $0.value.isRunning }
        return present.filter { workspace in
            var entry = entries[workspace.identity] ?? Entry(name: workspace.name, left: maxJobs)
            entry.name = workspace.name
            if let failedAt = entry.failedAt,
                entry.profile != workspace.stamp.profile
                    || failedAt.duration(to: instant) >= QueueRoster.rest
            {
                (entry.failedAt, entry.stamp) = (nil, nil)
            }
            let hasChanged = entry.stamp != workspace.stamp
            if hasChanged { (entry.changedAt, entry.looks) = (instant, 0) }
            let age = entry.changedAt?.duration(to: instant) ?? .zero
            let looks = QueueRoster.again.count { $0 <= age }
            let isSettling = looks > entry.looks
            entry.looks = looks
            entry.profile = workspace.stamp.profile
            if !entry.isRunning { entry.stamp = workspace.stamp }
            entries[workspace.identity] = entry
            guard !entry.isRunning, entry.failedAt == nil, entry.left.map({ $0 > 0 }) ?? true else {
                return false
            }
            let isDue = entry.sight.nextDue.map { $0 <= now } ?? false
            let isWatched =
                entry.sight.hasExecutors || entry.sight.isPaused || entry.sight.hasDeadOwners
            return hasChanged || isSettling || isDue || isWatched
        }
    }

    /// Takes what was seen in a workspace.
    ///
    /// - Returns: Whether its queue is to be run now; it counts as running then.
    mutating func saw(
        _ sight: Sight,
        in identity: UUID,
        at now: Date = Date(),
        _ instant: ContinuousClock.Instant = .now
    ) -> Bool {
        guard var entry = entries[identity], !entry.isRunning else { return false }
        entry.sight = sight
        let isDue = sight.nextDue.map { $0 <= now } ?? false
        let mayTakeOver =
            entry.takenOverAt.map { $0.duration(to: instant) >= QueueRoster.pause } ?? true
        entry.isRunning =
            sight.hasWork || isDue || sight.hasDeadOwners && mayTakeOver
        if sight.isPaused { entry.isRunning = sight.hasDeadOwners && mayTakeOver }
        if entry.isRunning, sight.hasDeadOwners { entry.takenOverAt = instant }
        entries[identity] = entry
        return entry.isRunning
    }

    /// A queue was run to its end.
    ///
    /// - Parameters:
    ///   - identity: The workspace.
    ///   - left: How many jobs of it may still be begun.
    mutating func ended(_ identity: UUID, left: Int?) {
        entries[identity]?.isRunning = false
        entries[identity]?.left = left
        // Its files changed, and somebody may have changed them too.
        entries[identity]?.stamp = nil
    }

    /// A workspace could not be looked at, or its queue could not be run.
    mutating func failed(
        _ identity: UUID,
        stamp: WorkspaceStamp?,
        at instant: ContinuousClock.Instant = .now
    ) {
        entries[identity]?.isRunning = false
        entries[identity]?.failedAt = instant
        entries[identity]?.stamp = stamp
    }
}
