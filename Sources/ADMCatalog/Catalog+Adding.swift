package import ADMModel
package import Foundation
import GRDB

/// A request on its way into a workspace's queue.
package struct QueueEntry: Sendable {
    /// What to fetch, and when.
    package var queued: QueuedRequest
    /// The directory that it is saved into, absolute.
    package var directory: String
    /// The process that waits for it in the foreground and runs it itself.
    package var attendant: String?

    /// Makes an entry.
    package init(_ queued: QueuedRequest, directory: String, attendant: String? = nil) {
        self.queued = queued
        self.directory = directory
        self.attendant = attendant
    }
}

extension Catalog {
    /// How many milliseconds of waiting one step of priority is worth.
    static let agingPerPriority: Int64 = 600_000

    /// Adds jobs, all of them or none, each with its event `download.queued`.
    ///
    /// Secret header fields are not stored, only their names are. Two requests are the same where
    /// URL, directory, given file name and the other header fields agree; while the earlier one is
    /// not finished, the later one gets its job, also inside one call. A job that failed or was
    /// cancelled but has bytes is taken up again in the same way, and where the request is to be
    /// unique, so is one that has succeeded.
    ///
    /// - Throws: ``Failure``; then nothing was added. `jobNotFound` where the job to wait for does
    ///   not exist, `exists` where it has failed or was cancelled.
    package func add(
        _ entries: [QueueEntry],
        now: Date = Date()
    ) throws(Failure) -> [AddOutcome] {
        try write(.power) { database in
            try entries.map { entry in
                let stored = StoredRequest(entry.queued.request, directory: entry.directory)
                if let twin = try Catalog.twin(of: stored, entry.queued, in: database) {
                    return .existing(twin)
                }
                let job = try Catalog.insert(stored, entry, at: now, in: database)
                let event = try StoredEvent.append(
                    .queued(priority: stored.request.priority),
                    of: job,
                    at: now,
                    to: database
                )
                return .added(job, event)
            }
        }
    }

    private static func twin(
        of stored: StoredRequest,
        _ queued: QueuedRequest,
        in database: Database
    ) throws -> Job? {
        if let job = try first(JobQuery.unfinishedTwin, stored.uniqueKey, in: database) {
            return job
        }
        if queued.isUnique,
            let job = try first(JobQuery.succeededTwin, stored.uniqueKey, in: database)
        {
            return job
        }
        return try first(JobQuery.abandonedTwin, stored.uniqueKey, in: database)
    }

    /// The unfinished job with this key.
    static func unfinished(_ uniqueKey: String, in database: Database) throws -> Job? {
        try first(JobQuery.unfinishedTwin, uniqueKey, in: database)
    }

    private static func first(
        _ query: String,
        _ uniqueKey: String,
        in database: Database
    ) throws -> Job? {
        try Row.fetchOne(database.cachedStatement(sql: query), arguments: [uniqueKey])
            .map(JobRow.job)
    }

    private static func insert(
        _ stored: StoredRequest,
        _ entry: QueueEntry,
        at now: Date,
        in database: Database
    ) throws -> Job {
        let id = JobID(now: now)
        let time = now.milliseconds
        let runAt = max(time, entry.queued.runAt?.milliseconds ?? time)
        let state = try beginning(entry.queued, isLater: runAt > time, in: database)
        let insert = try database.cachedStatement(sql: JobQuery.insert)
        let priority = Int64(stored.request.priority)
        try insert.execute(arguments: [
            id.description, state.rawValue, runAt - priority * agingPerPriority, runAt, priority,
            time, time, stored.request.url.origin.host, stored.request.url.string,
            entry.directory, stored.uniqueKey, try stored.withheldText, try stored.text,
            entry.attendant, entry.queued.after,
        ])
        let number = database.lastInsertedRowID
        let tags = Set(entry.queued.tags).sorted()
        for tag in tags { try Catalog.tag(number, tag, in: database) }
        return Job(
            id: id,
            number: number,
            request: stored.request,
            withheldHeaders: stored.withheld,
            state: state,
            directory: entry.directory,
            createdAt: now.inMilliseconds,
            runAt: Date(milliseconds: runAt),
            after: entry.queued.after,
            tags: tags
        )
    }

    /// The state in which a job begins.
    private static func beginning(
        _ queued: QueuedRequest,
        isLater: Bool,
        in database: Database
    ) throws -> JobState {
        guard let after = queued.after else { return isLater ? .scheduled : .ready }
        guard let row = try row(after, in: database) else { throw notFound(String(after)) }
        let state = JobState(rawValue: try row.decode(forColumn: "state"))
        switch state {
        case .succeeded: return isLater ? .scheduled : .ready
        case .failed, .cancelled:
            throw Failure(
                .exists,
                "job \(after), which is to be waited for, has \(state == .failed ? "failed" : "been cancelled")",
                hint: "adm queue retry \(after) gives it another chance"
            )
        default: return .blocked
        }
    }
}
