import ADMModel
import Foundation
import GRDB

/// What becomes of the jobs that wait for another one.
extension JobTransaction {
    /// A job has ended: those that waited for it are ready, or fail with it, and so on.
    ///
    /// A chain of jobs may be long, so this is a loop.
    func settleDependents(of number: Int64, didSucceed: Bool) throws -> [JobEvent] {
        var events: [JobEvent] = []
        var ended = [number]
        while let next = ended.popLast() {
            for (job, runAt) in try blocked(by: next) {
                var own: [JobEvent] = []
                let given = try isolating(job.number) {
                    if didSucceed {
                        try unblock(job.number, runAt: runAt)
                    } else if let event = try fail(job, becauseOf: next) {
                        own = [event]
                        ended.append(job.number)
                    }
                }
                events += own + given
            }
        }
        return events
    }

    private func blocked(
        by number: Int64
    ) throws -> [(job: StoredEvent.Subject, runAt: Int64)] {
        let select = try database.cachedStatement(
            sql: """
                SELECT number, id, url, run_at FROM job INDEXED BY job_waiting_for
                WHERE after_job = ? AND state = 'blocked' ORDER BY number
                """
        )
        return try Row.fetchAll(select, arguments: [number]).map { row in
            let problem = UnreadableRow(job: try row.decode(forColumn: "number"), reason: "")
            let runAt = try? row.decode(Int64.self, forColumn: "run_at")
            return (StoredEvent.Subject(JobRecord.light(row, problem)), runAt ?? 0)
        }
    }

    private func unblock(_ number: Int64, runAt: Int64) throws {
        let isLater = runAt > now.milliseconds
        _ = try move(
            number,
            from: [.blocked],
            to: isLater ? .scheduled : .ready,
            set: isLater ? [:] : [.runAt: .sql(":now")]
        )
    }

    /// The dependents of this one are the caller's, in its loop.
    private func fail(
        _ job: StoredEvent.Subject,
        becauseOf number: Int64
    ) throws -> JobEvent? {
        let failure = Failure(
            .dependency,
            "job \(number), which job \(job.number) had to wait for, did not succeed",
            hint: "adm queue retry \(number) and then \(job.number)"
        )
        guard
            try move(
                job.number,
                from: [.blocked],
                to: .failed,
                set: [.failure: .value(try StoredJSON.text(failure))]
            )
        else { return nil }
        return try StoredEvent.append(.failed(failure), of: job, at: now, to: database)
    }
}
