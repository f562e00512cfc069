package import ADMModel
import Foundation
import GRDB

/// A part of an action on many jobs.
package struct BulkStep: Sendable {
    /// What became of each job of this part.
    package var outcomes: [QueueActionOutcome] = []
    /// The events that were appended.
    package var events: [JobEvent] = []
    /// The processes that have to look at their jobs.
    package var owners: Set<String> = []
    /// Where the next part begins; nil where this was the last.
    package var next: Int64?
}

/// Actions on many jobs, in parts, so that nobody else waits long for the database.
enum BulkAction {
    /// How many jobs one transaction changes.
    static let bulkSize = 4000

    /// The numbers of the selected jobs, in order, at most ``bulkSize``.
    static func select(
        _ selection: JobSelection,
        after number: Int64,
        in database: Database
    ) throws -> [Int64] {
        if let numbers = selection.numbers {
            return Array(numbers.filter { $0 > number }.sorted().prefix(bulkSize))
        }
        var sources: [(sql: String, arguments: StatementArguments)] = []
        if let tag = selection.tag {
            sources.append(("SELECT job FROM tag WHERE tag = ? AND job > ?", [tag, number]))
        } else if let states = selection.states {
            for state in states {
                sources.append(
                    (
                        "SELECT number FROM job WHERE state = ? AND number > ?",
                        [state.rawValue, number]
                    )
                )
            }
        } else {
            sources.append(("SELECT number FROM job WHERE number > ?", [number]))
        }
        let found = try sources.flatMap { source in
            try Int64.fetchAll(
                database,
                sql: source.sql + " ORDER BY 1 LIMIT \(bulkSize)",
                arguments: source.arguments
            )
        }
        return Array(found.sorted().prefix(bulkSize))
    }

    private struct Light {
        let subject: StoredEvent.Subject
        let state: JobState
        let owner: String?

        init?(_ row: Row) throws {
            guard let id = JobID(try row.decode(forColumn: "id")),
                let state = JobState(rawValue: try row.decode(forColumn: "state"))
            else { return nil }
            subject = StoredEvent.Subject(
                id: id,
                number: try row.decode(forColumn: "number"),
                url: SourceURL.redact(try row.decode(forColumn: "url"))
            )
            self.state = state
            owner = try row.decode(forColumn: "owner")
        }
    }

    static func apply(
        _ action: QueueAction,
        to number: Int64,
        of selection: JobSelection,
        isAlive: (String) -> Bool,
        at now: Date,
        in database: Database,
        into step: inout BulkStep
    ) throws {
        let select = try database.cachedStatement(
            sql: "SELECT number, id, url, state, owner FROM job WHERE number = ?"
        )
        guard let row = try Row.fetchOne(select, arguments: [number]), let job = try Light(row),
            selection.states?.contains(job.state) ?? true
        else { return }
        var result = QueueActionOutcome.Result.unchanged
        switch (action, job.state) {
        case (.pause, .ready), (.pause, .scheduled), (.pause, .retrying), (.pause, .blocked):
            step.events.append(try hold(job.subject, from: job.state, at: now, in: database))
            result = .changed(to: .paused)
        case (.pause, .running), (.cancel, .running), (.resume, .running):
            result = try ask(action, job, isAlive: isAlive, at: now, in: database, into: &step)
        case (.resume, .paused), (.retry, .failed), (.retry, .cancelled),
            (.retry(evenSucceeded: true), .succeeded):
            if let (state, events) = try restart(number, at: now, in: database) {
                step.events += events
                result = .changed(to: state)
            }
        case (.cancel, .ready), (.cancel, .scheduled), (.cancel, .retrying), (.cancel, .blocked),
            (.cancel, .paused):
            step.events.append(
                try JobMoves.cancel(job.subject, from: job.state, at: now, in: database)
            )
            step.events += try JobMoves.settleDependents(
                of: number,
                didSucceed: false,
                at: now,
                in: database
            )
            result = .changed(to: .cancelled)
        default: break
        }
        step.outcomes.append(
            QueueActionOutcome(number: number, from: job.state, result: result)
        )
    }

    /// Nil where another job fetches the same by now, which is as good, or where it cannot be read.
    private static func restart(
        _ number: Int64,
        at now: Date,
        in database: Database
    ) throws -> (JobState, [JobEvent])? {
        do { return try JobMoves.makeReady(number, at: now, in: database) } catch let failure
            as Failure
            where failure.code == .exists
        { return nil } catch is UnreadableRow {
            // The others go on; whoever names it is told.
            return nil
        }
    }

    private static func hold(
        _ job: StoredEvent.Subject,
        from state: JobState,
        at now: Date,
        in database: Database
    ) throws -> JobEvent {
        let update = try database.cachedStatement(
            sql: """
                UPDATE job SET state = 'paused', paused_by = 'person', updated_at = ?
                WHERE number = ? AND state = ?
                """
        )
        try update.execute(arguments: [now.milliseconds, job.number, state.rawValue])
        return try StoredEvent.append(.paused(by: .person), of: job, at: now, to: database)
    }

    /// Records what the owner of a running job is to do; where the owner died, ``recover`` does it.
    private static func ask(
        _ action: QueueAction,
        _ job: Light,
        isAlive: (String) -> Bool,
        at now: Date,
        in database: Database,
        into step: inout BulkStep
    ) throws -> QueueActionOutcome.Result {
        guard let owner = job.owner else { return .unchanged }
        let intent: JobIntent? =
            switch action {
            case .pause: .pause
            case .cancel: .cancel
            case .resume, .retry: nil
            }
        let update = try database.cachedStatement(
            sql: "UPDATE job SET intent = ?, updated_at = ? WHERE number = ? AND state = 'running'"
        )
        try update.execute(arguments: [intent?.rawValue, now.milliseconds, job.subject.number])
        if isAlive(owner) { step.owners.insert(owner) }
        return intent == nil ? .unchanged : .requested
    }
}
