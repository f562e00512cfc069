package import ADMModel
package import Foundation
import GRDB

extension Catalog {
    /// Takes a waiting job for a process, whether or not its time has come; nil where it is not
    /// waiting (any more).
    ///
    /// The job becomes `running`; epoch and attempts grow by one. `owner` is the ``Holder/id`` of
    /// a living process.
    package func claim(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) throws(Failure) -> Claim? {
        try write(.process) { database in
            let time = now.milliseconds
            return try Row.fetchOne(
                try database.cachedStatement(sql: JobQuery.claim),
                arguments: [owner, time, time, number]
            )
            .map { try JobRow.claim(from: $0, in: database) }
        }
    }

    /// Takes a job whose owner died while the file was on the way to its final name; nil where it
    /// is not in `finalizing` or its owner lives.
    ///
    /// The job stays in `finalizing`, the epoch grows by one, and the claim says where the file
    /// was going.
    package func claimFinalizing(
        number: Int64,
        owner: String,
        now: Date = Date(),
        isAlive: (@Sendable (String) -> Bool)? = nil
    ) throws(Failure) -> Claim? {
        let home = self.home
        let isAlive = isAlive ?? { Holder.isAlive(id: $0, in: home) }
        return try write(.process) { database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT owner FROM job WHERE number = ? AND state = 'finalizing'",
                arguments: [number]
            )
            guard let former, !isAlive(former) else { return nil }
            return try Row.fetchOne(
                database,
                sql: """
                    UPDATE job SET owner = ?, epoch = epoch + 1, recoveries = recoveries + 1,
                        updated_at = ?
                    WHERE number = ? AND state = 'finalizing' AND owner = ? RETURNING *
                    """,
                arguments: [owner, now.milliseconds, number, former]
            )
            .map { try JobRow.claim(from: $0, in: database) }
        }
    }

    /// Puts a held or finished job back into the queue: from `paused`, `retrying`, `failed` or
    /// `cancelled` to `ready`, with its bytes and an event `download.queued`; nil where it is in
    /// another state.
    ///
    /// Where another unfinished job took the file name meanwhile, this one gives it up and gets a
    /// new one when it starts.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; with `exists` where another unfinished job fetches
    ///   the same thing to the same place.
    package func makeReady(number: Int64, now: Date = Date()) throws(Failure) -> [JobEvent]? {
        try write(.power) { database in
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            guard [.paused, .retrying, .failed, .cancelled].contains(job.state) else { return nil }
            if let twin = try Catalog.unfinished(row.decode(forColumn: "uniq"), in: database),
                twin.number != number
            {
                throw Failure(
                    .exists,
                    "job \(number) fetches the same file as job \(twin.number), which is"
                        + " \(twin.state.rawValue)",
                    hint: "go on with job \(twin.number), or remove it first"
                )
            }
            var fileName = job.fileName
            if let name = fileName, try Catalog.isTaken(name, from: job, in: database) {
                fileName = nil
            }
            try database.execute(
                sql: """
                    UPDATE job SET state = 'ready', run_at = :now, finished_at = NULL,
                        sort_key = :now - priority * :aging, file_name = :name, updated_at = :now
                    WHERE number = :number
                        AND state IN ('paused', 'retrying', 'failed', 'cancelled')
                    """,
                arguments: [
                    "now": now.milliseconds, "aging": Catalog.agingPerPriority, "name": fileName,
                    "number": number,
                ]
            )
            let kind = JobEvent.Kind.queued(priority: job.request.priority)
            return [try StoredEvent.append(kind, of: job, at: now, to: database)]
        }
    }

    /// Whether another unfinished job has this name in the job's directory.
    static func isTaken(_ name: String, from job: Job, in database: Database) throws -> Bool {
        let taken = try Bool.fetchOne(
            try database.cachedStatement(sql: JobQuery.destinationIsTaken),
            arguments: [job.directory, name, job.number]
        )
        return taken == true
    }
}
