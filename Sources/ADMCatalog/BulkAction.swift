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
    /// Where the next part begins; nil if this was the last.
    package var next: Int64?
}

/// An action on many jobs, in parts, so that nobody else waits long for the database.
struct BulkAction: Sendable {
    /// How many jobs one transaction changes.
    static let size = 4000

    let action: QueueAction
    let selection: JobSelection

    /// The numbers of the selected jobs above `number`, in order, at most ``size``.
    func numbers(after number: Int64, in database: Database) throws -> [Int64] {
        if let numbers = selection.numbers {
            return Array(numbers.filter { $0 > number }.sorted().prefix(BulkAction.size))
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
                sql: source.sql + " ORDER BY 1 LIMIT \(BulkAction.size)",
                arguments: source.arguments
            )
        }
        return Array(found.sorted().prefix(BulkAction.size))
    }

    /// Does it to jobs; one that cannot be read is set aside.
    func apply(
        to numbers: [Int64],
        in jobs: JobTransaction,
        liveness: Liveness
    ) throws -> BulkStep {
        var step = BulkStep()
        var alive: [String: Bool] = [:]
        let isAlive = { (owner: String) -> Bool in
            if let known = alive[owner] { return known }
            let lives = liveness.isAlive(owner)
            alive[owner] = lives
            return lives
        }
        for number in numbers {
            let given = try jobs.isolating(number) {
                try apply(to: number, in: jobs, isAlive: isAlive, into: &step)
            }
            step.events += given
        }
        return step
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

    private func apply(
        to number: Int64,
        in jobs: JobTransaction,
        isAlive: (String) -> Bool,
        into step: inout BulkStep
    ) throws {
        let select = try jobs.database.cachedStatement(
            sql: "SELECT number, id, url, state, owner FROM job WHERE number = ?"
        )
        guard let row = try Row.fetchOne(select, arguments: [number]), let job = try Light(row),
            selection.states?.contains(job.state) ?? true
        else { return }
        var result = QueueActionOutcome.Result.unchanged
        switch (action, job.state) {
        case (.pause, .ready), (.pause, .scheduled), (.pause, .retrying), (.pause, .blocked):
            step.events += try jobs.pause(job.subject, from: job.state)
            result = .changed(to: .paused)
        case (.pause, .running), (.cancel, .running), (.resume, .running):
            result = try ask(job, in: jobs, isAlive: isAlive, into: &step)
        case (.resume, .paused), (.retry, .failed), (.retry, .cancelled),
            (.retry(evenSucceeded: true), .succeeded):
            if let (state, events) = try restart(number, in: jobs) {
                step.events += events
                result = .changed(to: state)
            }
        case (.cancel, .ready), (.cancel, .scheduled), (.cancel, .retrying), (.cancel, .blocked),
            (.cancel, .paused):
            step.events += try jobs.cancel(job.subject, from: job.state)
            result = .changed(to: .cancelled)
        default: break
        }
        step.outcomes.append(
            QueueActionOutcome(number: number, from: job.state, result: result)
        )
    }

    /// Nil if another job fetches the same by now, which is as good, or if it cannot be read.
    private func restart(
        _ number: Int64,
        in jobs: JobTransaction
    ) throws -> (JobState, [JobEvent])? {
        do { return try jobs.makeReady(number) } catch let failure as Failure
            where failure.code == .exists
        { return nil } catch is UnreadableRow {
            // The others continue; a caller that names it is told.
            return nil
        }
    }

    /// Records what the owner of a running job is to do; if the owner died, recovery does it.
    private func ask(
        _ job: Light,
        in jobs: JobTransaction,
        isAlive: (String) -> Bool,
        into step: inout BulkStep
    ) throws -> QueueActionOutcome.Result {
        guard let owner = job.owner else { return .unchanged }
        let intent: JobIntent? =
            switch action {
            case .pause: .pause
            case .cancel: .cancel
            case .resume, .retry: nil
            }
        let value = JobValues.Value.value(intent?.rawValue)
        _ = try jobs.update(job.subject.number, in: [.running], set: [.intent: value])
        if isAlive(owner) { step.owners.insert(owner) }
        return intent == nil ? .unchanged : .requested
    }
}
