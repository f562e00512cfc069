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
            var inserting = try Inserting(database, at: now)
            let outcomes = try entries.map { entry in
                let stored = StoredRequest(entry.queued.request, directory: entry.directory)
                if let twin = try inserting.succeededOrAbandonedTwin(of: stored, entry.queued) {
                    return AddOutcome.existing(twin)
                }
                if let (job, event) = try inserting.insert(stored, entry) {
                    return .added(job, event)
                }
                guard let twin = try Catalog.unfinished(stored.uniqueKey, in: database) else {
                    throw DatabaseError(resultCode: .SQLITE_CONSTRAINT)
                }
                return .existing(twin)
            }
            try inserting.count()
            return outcomes
        }
    }

    /// The unfinished job with this key.
    static func unfinished(_ uniqueKey: String, in database: Database) throws -> Job? {
        try first(JobQuery.unfinishedTwin, uniqueKey, in: database)
    }

    static func first(
        _ query: String,
        _ uniqueKey: String,
        in database: Database
    ) throws -> Job? {
        try Row.fetchOne(database.cachedStatement(sql: query), arguments: [uniqueKey])
            .map(JobRow.job)
    }

    /// The state in which a job begins.
    static func beginning(
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
