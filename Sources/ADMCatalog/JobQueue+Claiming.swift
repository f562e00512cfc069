package import ADMModel
package import Foundation
import GRDB

/// How a process gets the right to run jobs, and which of them it waits for itself.
extension JobQueue {
    /// Takes a waiting job for a process, whether or not its time has come; nil if it is not
    /// waiting (any more).
    ///
    /// The job becomes `running`; epoch and attempts grow by one. `owner` is the name of
    /// a living process.
    package func claim(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> Claim? {
        try await database.commitInGroup(.process) { database in
            var taken = ClaimedJobs()
            try JobQueue.take(number, by: owner, at: now, in: database, into: &taken)
            return taken.claims.first
        }
    }

    /// Takes the most urgent job of a host that any process may run; nil if none is left.
    package func claimNext(
        host: String,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> Claim? {
        try await claimNext(count: 1, host: host, owner: owner, now: now).claims.first
    }

    /// Takes the most urgent jobs of a host that any process may run, at most `count`, none of an origin
    /// that is `closed`.
    package func claimNext(
        count: Int,
        host: String,
        closed: Set<String> = [],
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await database.commitInGroup(.process) { database in
            // The jobs of an origin that is left alone may come first.
            let limit = closed.isEmpty ? count : max(count, JobQueue.foregroundLimit)
            let next = try Row.fetchAll(
                database.cachedStatement(sql: JobQuery.nextOfHost),
                arguments: [host, limit]
            )
            var taken = ClaimedJobs()
            for row in next where taken.claims.count < count {
                let entry = try JobQueue.entry(row)
                guard !closed.contains(entry.origin) else { continue }
                try JobQueue.take(entry.number, by: owner, at: now, in: database, into: &taken)
            }
            return taken
        }
    }

    /// Takes the most urgent jobs of a host that a process waits for itself, at most `count`, among
    /// those with the `known` numbers, none of an origin that is `closed`.
    package func claimForeground(
        count: Int,
        host: String,
        closed: Set<String> = [],
        owner: String,
        among known: Set<Int64>,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await database.commitInGroup(.process) { database in
            let query = try database.cachedStatement(sql: JobQuery.nextForeground)
            var taken = ClaimedJobs()
            // Mostly the first ones are of the host; if they are not, the others are looked at too.
            for limit in [JobQueue.headLength, JobQueue.foregroundLimit]
            where taken.claims.count < count {
                let next = try Row.fetchAll(query, arguments: ["owner": owner, "limit": limit])
                for row in next where taken.claims.count < count {
                    let entry = try JobQueue.entry(row)
                    guard entry.host == host, known.contains(entry.number),
                        !closed.contains(entry.origin)
                    else { continue }
                    try JobQueue.take(entry.number, by: owner, at: now, in: database, into: &taken)
                }
                if next.count < limit { break }
            }
            return taken
        }
    }

    /// Takes a suspect for a process that runs nothing else: if that dies now, it is to blame.
    package func claimAlone(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await database.commitInGroup(.process) { database in
            var taken = ClaimedJobs()
            try JobQueue.take(
                number,
                by: owner,
                isAlone: true,
                at: now,
                in: database,
                into: &taken
            )
            return taken
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
        let jobs = JobTransaction(database, at: now)
        var claim: Claim?
        taken.events += try jobs.isolating(number) {
            var values: JobValues = [
                .owner: .value(owner), .epoch: .sql("epoch + 1"), .attempt: .sql("attempt + 1"),
                .startedAt: .sql("coalesce(started_at, :now)"),
                .waited: .sql("coalesce(waited, max(0, :now - max(run_at, created_at)))"),
            ]
            if isAlone { values[.recoveries] = .value(Recovery.onTrial) }
            guard try jobs.move(number, from: [.ready, .retrying], to: .running, set: values) else {
                return
            }
            claim = try JobRecord.row(number, in: database).map {
                try JobRecord.claim(from: $0, in: database)
            }
        }
        if let claim { taken.claims.append(claim) }
    }

    /// Says that a process waits for a job in the foreground and will run it itself; false if
    /// another living process does.
    package func bringToForeground(number: Int64, by owner: String) async throws(Failure) -> Bool {
        try await database.commitInGroup(.process) { [liveness] database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT attendant FROM job WHERE number = ?",
                arguments: [number]
            )
            if let former, former != owner, liveness.isAlive(former) {
                return false
            }
            try database.execute(
                sql: "UPDATE job SET attendant = ? WHERE number = ?",
                arguments: [owner, number]
            )
            return true
        }
    }

    /// Lets go of a job that a process waited for in the foreground, and that somebody else ended or held.
    package func leaveForeground(number: Int64, owner: String) async throws(Failure) {
        try await database.commitInGroup(.process) { database in
            try database.execute(
                sql: "UPDATE job SET attendant = NULL WHERE number = ? AND attendant = ?",
                arguments: [number, owner]
            )
        }
    }

    /// Lets go of all jobs that a process waits for in the foreground; those that still wait are held if
    /// `isInterrupted` says that it was stopped.
    package func leaveForeground(
        owner: String,
        isInterrupted: Bool,
        now: Date = Date()
    ) async throws(Failure) {
        let hasJobs = try await database.read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM job WHERE attendant = ?)",
                arguments: [owner]
            ) ?? false
        }
        guard hasJobs else { return }
        try await database.write(.process) { database in
            if isInterrupted {
                let waiting = try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT number FROM job
                        WHERE attendant = ? AND state IN ('ready', 'retrying')
                        """,
                    arguments: [owner]
                )
                let jobs = JobTransaction(database, at: now)
                let cause = JobValues.Value.value(PauseCause.interruption.rawValue)
                for number in waiting {
                    _ = try jobs.move(
                        number,
                        from: [.ready, .retrying],
                        to: .paused,
                        set: [.pausedBy: cause]
                    )
                }
            }
            try database.execute(
                sql: "UPDATE job SET attendant = NULL WHERE attendant = ?",
                arguments: [owner]
            )
        }
    }
}
