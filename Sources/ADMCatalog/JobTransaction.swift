import ADMModel
import Foundation
import GRDB

/// What one transaction does to jobs, and the only place that changes where a job stands.
///
/// A move asks ``JobState/mayBecome(_:)``, expects the states that it names and for its executor the epoch
/// of the claim, clears what belongs to the state that is left, appends the numbered event, and settles the
/// jobs that wait for one that has ended.
struct JobTransaction {
    let database: Database
    let now: Date

    /// Begins with what a transaction sees at a moment.
    init(_ database: Database, at now: Date) {
        self.database = database
        self.now = now
    }

    /// Moves a job for its executor; nil if the claim is not valid any more.
    ///
    /// When the executor gives the job up, the seconds of the claim's job are recorded: those of all
    /// attempts, the present one too.
    func move(
        _ claim: Claim,
        from states: [JobState],
        to next: JobState,
        set values: JobValues = [:],
        event kind: JobEvent.Kind? = nil
    ) throws -> [JobEvent]? {
        var values = values
        if next != .running {
            values[.transferSeconds] = .sql(
                "max(transfer_seconds, :transfer_seconds)",
                claim.job.transferSeconds
            )
        }
        guard try change(claim.number, epoch: claim.epoch, in: states, to: next, set: values) else {
            return nil
        }
        return try announce(kind, of: StoredEvent.Subject(claim.job), in: next)
    }

    /// Moves a job that no living process executes, for any caller; nil if it is in none of the states.
    func move(
        _ job: StoredEvent.Subject,
        from states: [JobState],
        to next: JobState,
        set values: JobValues = [:],
        event kind: JobEvent.Kind? = nil
    ) throws -> [JobEvent]? {
        guard try change(job.number, in: states, to: next, set: values) else { return nil }
        return try announce(kind, of: job, in: next)
    }

    /// Moves a job without an event; false if it is in none of the states.
    func move(
        _ number: Int64,
        from states: [JobState],
        to next: JobState,
        set values: JobValues = [:]
    ) throws -> Bool {
        try change(number, in: states, to: next, set: values)
    }

    /// Changes a job for its executor and leaves it where it stands; false if the claim is not valid any
    /// more or the job is in none of the states.
    func update(
        _ claim: Claim,
        in states: [JobState] = [.running],
        set values: JobValues = [:]
    ) throws -> Bool {
        try change(claim.number, epoch: claim.epoch, in: states, to: nil, set: values)
    }

    /// Changes a job and leaves it where it stands; false if it is in none of the states.
    func update(_ number: Int64, in states: [JobState], set values: JobValues) throws -> Bool {
        try change(number, in: states, to: nil, set: values)
    }

    private func announce(
        _ kind: JobEvent.Kind?,
        of job: StoredEvent.Subject,
        in state: JobState
    ) throws -> [JobEvent] {
        var events: [JobEvent] = []
        if let kind {
            events.append(try StoredEvent.append(kind, of: job, at: now, to: database))
        }
        guard state.isFinal else { return events }
        return try events + settleDependents(of: job.number, didSucceed: state == .succeeded)
    }

    /// The one statement that changes a job.
    ///
    /// - Throws: ``Failure`` with `unclassified` for a move that is not legal; nothing was changed.
    private func change(
        _ number: Int64,
        epoch: Int64? = nil,
        in states: [JobState],
        to next: JobState?,
        set values: JobValues
    ) throws -> Bool {
        if let next {
            try JobTransaction.check(states, next)
            if states.contains(.finalizing), next != .finalizing, next != .succeeded {
                try JobRecord.keepWhole(number, epoch, in: database)
            }
        }
        var sql = "UPDATE job SET updated_at = :now"
        sql.reserveCapacity(400)
        var arguments: [String: (any DatabaseValueConvertible)?] = [:]
        arguments.reserveCapacity(values.pairs.count + 3)
        arguments["now"] = now.milliseconds
        arguments["number"] = number
        if let next { JobTransaction.assign(from: states, to: next, in: &sql) }
        for (column, value) in values.pairs {
            sql += ", "
            sql += column.name
            sql += " = "
            if let expression = value.expression {
                sql += expression
            } else {
                sql += ":"
                sql += column.name
            }
            if value.isBound { arguments.updateValue(value.bound, forKey: column.name) }
        }
        sql += " WHERE number = :number AND state IN ("
        for (index, state) in states.enumerated() {
            sql += index == 0 ? "'" : ", '"
            sql += state.rawValue
            sql += "'"
        }
        sql += ")"
        if let epoch {
            sql += " AND epoch = :expected_epoch"
            arguments["expected_epoch"] = epoch
        }
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
        return database.changesCount == 1
    }

    private static func check(_ states: [JobState], _ next: JobState) throws {
        for state in states where state != next && !state.mayBecome(next) {
            throw Failure(
                .unclassified,
                "a job that is \(state.rawValue) cannot become \(next.rawValue)"
            )
        }
    }

    /// What every move changes: the state, and what belongs to the one that is left.
    private static func assign(
        from states: [JobState],
        to next: JobState,
        in sql: inout String
    ) {
        sql += ", state = '"
        sql += next.rawValue
        sql += "'"
        let isExecuted = next == .running || next == .finalizing
        if !isExecuted, states.contains(.running) || states.contains(.finalizing) {
            sql += ", owner = NULL"
        }
        if next != .running, states.contains(.running) { sql += ", intent = NULL" }
        if next != .finalizing, states.contains(.finalizing) {
            sql += ", target_device = NULL, target_inode = NULL, target_size = NULL"
        }
        if next != .paused, states.contains(.paused) { sql += ", paused_by = NULL" }
        if next.isFinal {
            sql += ", finished_at = :now"
        } else if states.contains(where: \.isFinal) {
            sql += ", finished_at = NULL"
        }
    }
}

/// The moves that several verbs make.
extension JobTransaction {
    /// Cancels a job that no living process executes.
    func cancel(_ job: StoredEvent.Subject, from state: JobState) throws -> [JobEvent] {
        try move(job, from: [state], to: .cancelled, event: .cancelled(from: state)) ?? []
    }

    /// Holds a job that no process executes.
    func pause(_ job: StoredEvent.Subject, from state: JobState) throws -> [JobEvent] {
        let cause = PauseCause.person
        return try move(
            job,
            from: [state],
            to: .paused,
            set: [.pausedBy: .value(cause.rawValue)],
            event: .paused(by: cause)
        ) ?? []
    }

    /// Puts a held, waiting or finished job back into the queue.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; with `exists` if another unfinished job fetches the same.
    func makeReady(
        _ number: Int64,
        atOnce: Bool = false
    ) throws -> (state: JobState, events: [JobEvent]) {
        guard let row = try JobRecord.row(number, in: database) else {
            throw JobRecord.notFound(String(number))
        }
        let job = try JobRecord.job(from: row)
        if job.state.isFinal { try checkTwin(of: job, key: row.decode(at: .uniq)) }
        let state: JobState = try atOnce ? .ready : stateAfterPause(job)
        var values: JobValues = [.retries: .value(0), .recoveries: .value(0)]
        if state != .scheduled {
            values[.runAt] = .sql(":now")
            if job.state != .paused { values[.sortKey] = JobQueue.sortKey(":now") }
        }
        if job.state == .succeeded { values[.bytesDone] = .value(0) }
        if atOnce { values[.afterJob] = .null }
        if let name = job.fileName, try JobRecord.isTaken(name, from: job, in: database) {
            values[.fileName] = .null
        }
        let events = try move(
            StoredEvent.Subject(job),
            from: [job.state],
            to: state,
            set: values,
            event: .queued(priority: job.request.priority)
        )
        guard state == .blocked, let after = job.after else { return (state, events ?? []) }
        let dependency = try JobRecord.row(after, in: database).map { row -> String in
            try row.decode(at: .state)
        }
        let isOver = dependency.map { ["failed", "cancelled"].contains($0) } ?? true
        guard isOver else { return (state, events ?? []) }
        // What it waits for will not succeed by itself any more.
        return try (.failed, (events ?? []) + settleDependents(of: after, didSucceed: false))
    }

    private func checkTwin(of job: Job, key: String) throws {
        guard let twin = try JobRecord.unfinished(key, in: database), twin.number != job.number
        else { return }
        throw Failure(
            .exists,
            "job \(job.number) fetches the same file as job \(twin.number), which is"
                + " \(twin.state.rawValue)",
            hint: "continue job \(twin.number), or remove it first"
        )
    }

    /// The state that a job goes to when it is not held any more.
    private func stateAfterPause(_ job: Job) throws -> JobState {
        let mayWait = job.state == .paused || job.failure?.code == .dependency
        if mayWait, let after = job.after {
            let state = try JobRecord.row(after, in: database).map { row -> String in
                try row.decode(at: .state)
            }
            if state != JobState.succeeded.rawValue { return .blocked }
        }
        guard job.state == .paused else { return .ready }
        return job.attempts == 0 && job.runAt > now ? .scheduled : .ready
    }
}
