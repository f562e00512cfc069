import ADMModel
import Foundation
import GRDB

/// Moves of jobs inside a transaction.
enum JobMoves {
    /// Cancels a job that no living process executes.
    static func cancel(
        _ job: StoredEvent.Subject,
        from state: JobState,
        at now: Date,
        in database: Database
    ) throws -> JobEvent {
        let update = try database.cachedStatement(
            sql: """
                UPDATE job SET state = 'cancelled', owner = NULL, intent = NULL, finished_at = ?,
                    updated_at = ?
                WHERE number = ? AND state = ?
                """
        )
        try update.execute(arguments: [
            now.milliseconds, now.milliseconds, job.number, state.rawValue,
        ])
        return try StoredEvent.append(.cancelled(from: state), of: job, at: now, to: database)
    }

    /// Puts a held, waiting or finished job back into the queue.
    static func makeReady(
        _ number: Int64,
        atOnce: Bool = false,
        at now: Date,
        in database: Database
    ) throws -> (state: JobState, events: [JobEvent]) {
        guard let row = try JobRow.row(number, in: database) else {
            throw JobRow.notFound(String(number))
        }
        let job = try JobRow.job(from: row)
        if job.state.isFinal,
            let twin = try JobRow.unfinished(row.decode(forColumn: "uniq"), in: database),
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
            try atOnce ? .ready : JobMoves.stateAfterPause(job, at: now, in: database)
        var fileName = job.fileName
        if let name = fileName, try JobRow.isTaken(name, from: job, in: database) {
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
            "state": state.rawValue, "now": now.milliseconds, "aging": JobQueue.agingPerPriority,
            "name": fileName, "number": number, "former": job.state.rawValue, "once": atOnce,
        ])
        let kind = JobEvent.Kind.queued(priority: job.request.priority)
        var events = [try StoredEvent.append(kind, of: job, at: now, to: database)]
        guard state == .blocked, let after = job.after else { return (state, events) }
        let dependency = try JobRow.row(after, in: database).map { row -> String in
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
            let state = try JobRow.row(after, in: database).map { row -> String in
                try row.decode(forColumn: "state")
            }
            if state != JobState.succeeded.rawValue { return .blocked }
        }
        guard job.state == .paused else { return .ready }
        return job.attempts == 0 && job.runAt > now ? .scheduled : .ready
    }

    /// A job has ended: those that waited for it are ready, or fail with it, and so on.
    static func settleDependents(
        of number: Int64,
        didSucceed: Bool,
        at now: Date,
        in database: Database
    ) throws -> [JobEvent] {
        var events: [JobEvent] = []
        var ended = [number]
        while let next = ended.popLast() {
            for job in try blocked(by: next, in: database) {
                if didSucceed {
                    events += try isolating(job.number, at: now, in: database) {
                        try unblock(job, at: now, in: database)
                    }
                    continue
                }
                let failure = Failure(
                    .dependency,
                    "job \(next), which job \(job.number) had to wait for, did not succeed",
                    hint: "adm queue retry \(next) and then \(job.number)"
                )
                var own: [JobEvent] = []
                let given = try isolating(job.number, at: now, in: database) {
                    try fail(job.number, failure, at: now, in: database)
                    own = [try StoredEvent.append(.failed(failure), of: job, at: now, to: database)]
                    ended.append(job.number)
                }
                events += own + given
            }
        }
        return events
    }

    /// Gives a job up that no living process executes.
    static func fail(
        _ number: Int64,
        _ failure: Failure,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = 'failed', owner = NULL, intent = NULL, failure = ?,
                    finished_at = ?, updated_at = ?
                WHERE number = ? AND state IN ('running', 'blocked')
                """,
            arguments: [
                try StoredJSON.text(failure), now.milliseconds, now.milliseconds, number,
            ]
        )
    }

    private static func blocked(
        by number: Int64,
        in database: Database
    ) throws -> [StoredEvent.Subject] {
        let select = try database.cachedStatement(
            sql: """
                SELECT number, id, url FROM job INDEXED BY job_waiting_for
                WHERE after_job = ? AND state = 'blocked' ORDER BY number
                """
        )
        return try Row.fetchAll(select, arguments: [number]).map { row in
            let problem = UnreadableRow(job: try row.decode(forColumn: "number"), reason: "")
            return StoredEvent.Subject(JobRow.light(row, problem))
        }
    }

    private static func unblock(
        _ job: StoredEvent.Subject,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = iif(run_at > :now, 'scheduled', 'ready'),
                    run_at = max(run_at, :now), updated_at = :now
                WHERE number = :number AND state = 'blocked'
                """,
            arguments: ["now": now.milliseconds, "number": job.number]
        )
    }
}
