package import ADMModel
import ADMSystem
package import Foundation
import GRDB

extension Catalog {
    /// Takes a waiting job for a process, whether or not its time has come; nil where it is not
    /// waiting (any more).
    ///
    /// The job becomes `running`; epoch and attempts grow by one. `owner` is the ``LivenessLock/id`` of
    /// a living process.
    package func claim(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> Claim? {
        try await share(.process) { database in
            var taken = ClaimedJobs()
            try Catalog.take(number, by: owner, at: now, in: database, into: &taken)
            return taken.claims.first
        }
    }

    /// Takes a waiting job; one that cannot be read is set aside.
    ///
    /// `RETURNING` would be shorter and makes a table of its own for each row.
    static func take(
        _ number: Int64,
        by owner: String,
        isAlone: Bool = false,
        at now: Date,
        in database: Database,
        into taken: inout ClaimedJobs
    ) throws {
        var claim: Claim?
        taken.events += try isolating(number, at: now, in: database) {
            try database.cachedStatement(sql: JobQuery.claim).execute(
                arguments: [
                    "owner": owner, "now": now.milliseconds, "number": number,
                    "recoveries": isAlone ? Recovery.onTrial : nil,
                ]
            )
            guard database.changesCount == 1 else { return }
            claim = try row(number, in: database).map { try JobRow.claim(from: $0, in: database) }
        }
        if let claim { taken.claims.append(claim) }
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
        let isAlive = isAlive ?? { LivenessLock.isAlive(id: $0, in: home) }
        return try write(.process) { database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT owner FROM job WHERE number = ? AND state = 'finalizing'",
                arguments: [number]
            )
            guard let former, !isAlive(former) else { return nil }
            var claim: Claim?
            _ = try Catalog.isolating(number, at: now, in: database) {
                // Before the statement calculates with what is in it.
                _ = try Catalog.row(number, in: database).map(JobRow.job)
                claim = try Row.fetchOne(
                    database,
                    sql: """
                        UPDATE job SET owner = ?, epoch = epoch + 1,
                            recoveries = min(recoveries + 1, ?), updated_at = ?
                        WHERE number = ? AND state = 'finalizing' AND owner = ? RETURNING *
                        """,
                    arguments: [owner, Recovery.suspicion, now.milliseconds, number, former]
                )
                .map { try JobRow.claim(from: $0, in: database) }
            }
            return claim
        }
    }

    /// Puts a held or finished job back into the queue, with its bytes and an event `download.queued`.
    ///
    /// From `paused`, `retrying`, `failed` or `cancelled`, with `mayRepeat` also from `succeeded`; nil
    /// where it is in another state.
    /// A job that was held before its time, or before the job that it waits for had succeeded, goes
    /// on waiting.
    ///
    /// With `atOnce` it is ready whatever it waited for, also from `scheduled` and `blocked`, and waits for
    /// no other job any more.
    ///
    /// Where another unfinished job took the file name meanwhile, this one gives it up and gets a
    /// new one when it starts.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; with `exists` where another unfinished job fetches
    ///   the same thing to the same place.
    package func makeReady(
        number: Int64,
        mayRepeat: Bool = false,
        atOnce: Bool = false,
        now: Date = Date()
    ) throws(Failure) -> [JobEvent]? {
        try write(.power) { database in
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
            }
            let state = JobState(rawValue: try row.decode(forColumn: "state"))
            switch state {
            case .paused, .retrying, .failed, .cancelled: break
            case .succeeded where mayRepeat: break
            case .scheduled where atOnce, .blocked where atOnce: break
            default: return nil
            }
            return try Catalog.makeReady(number, atOnce: atOnce, at: now, in: database).events
        }
    }

    /// Puts a held, waiting or finished job back into the queue.
    static func makeReady(
        _ number: Int64,
        atOnce: Bool = false,
        at now: Date,
        in database: Database
    ) throws -> (state: JobState, events: [JobEvent]) {
        guard let row = try Catalog.row(number, in: database) else {
            throw Catalog.notFound(String(number))
        }
        let job = try JobRow.job(from: row)
        if job.state.isFinal,
            let twin = try Catalog.unfinished(row.decode(forColumn: "uniq"), in: database),
            twin.number != number
        {
            throw Failure(
                .exists,
                "job \(number) fetches the same file as job \(twin.number), which is"
                    + " \(twin.state.rawValue)",
                hint: "go on with job \(twin.number), or remove it first"
            )
        }
        let state: JobState =
            try atOnce ? .ready : Catalog.stateAfterPause(job, at: now, in: database)
        var fileName = job.fileName
        if let name = fileName, try Catalog.isTaken(name, from: job, in: database) {
            fileName = nil
        }
        let update = try database.cachedStatement(
            sql: """
                UPDATE job SET state = :state, finished_at = NULL, paused_by = NULL,
                    run_at = iif(:state = 'scheduled', run_at, :now),
                    sort_key = iif(state = 'paused' OR :state = 'scheduled', sort_key,
                        :now - priority * :aging),
                    bytes_done = iif(state = 'succeeded', 0, bytes_done),
                    after_job = iif(:once, NULL, after_job),
                    retries = 0, recoveries = 0, file_name = :name, updated_at = :now
                WHERE number = :number AND state = :former
                """
        )
        try update.execute(arguments: [
            "state": state.rawValue, "now": now.milliseconds, "aging": Catalog.agingPerPriority,
            "name": fileName, "number": number, "former": job.state.rawValue, "once": atOnce,
        ])
        let kind = JobEvent.Kind.queued(priority: job.request.priority)
        var events = [try StoredEvent.append(kind, of: job, at: now, to: database)]
        guard state == .blocked, let after = job.after else { return (state, events) }
        let dependency = try Catalog.row(after, in: database).map { row -> String in
            try row.decode(at: .state)
        }
        let isOver = dependency.map { ["failed", "cancelled"].contains($0) } ?? true
        guard isOver else { return (state, events) }
        // What it waits for will not succeed by itself any more.
        events += try settleDependents(of: after, didSucceed: false, at: now, in: database)
        return (.failed, events)
    }

    /// The state that a job goes to when it is not held any more.
    static func stateAfterPause(
        _ job: Job,
        at now: Date,
        in database: Database
    ) throws -> JobState {
        let mayWait = job.state == .paused || job.failure?.code == .dependency
        if mayWait, let after = job.after {
            let state = try row(after, in: database).map { row -> String in
                try row.decode(forColumn: "state")
            }
            if state != JobState.succeeded.rawValue { return .blocked }
        }
        guard job.state == .paused else { return .ready }
        return job.attempts == 0 && job.runAt > now ? .scheduled : .ready
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
