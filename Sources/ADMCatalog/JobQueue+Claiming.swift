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
        try await database.commitInGroup(.process) { [database] in
            var claiming = Claiming(by: owner, at: now, in: $0, database.options)
            try claiming.take(number)
            return claiming.taken.claims.first
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
        try await database.commitInGroup(.process) { [database] in
            var claiming = Claiming(by: owner, at: now, in: $0, database.options)
            // The jobs of an origin that is left alone may come first.
            let limit = closed.isEmpty ? count : max(count, JobQueue.foregroundLimit)
            try claiming.take(count, of: JobQuery.nextOfHost, [host, limit]) {
                try closed.isEmpty || !closed.contains(JobQueue.entry($0).origin)
            }
            return claiming.taken
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
        try await database.commitInGroup(.process) { [database] in
            var claiming = Claiming(by: owner, at: now, in: $0, database.options)
            let query = JobQuery.nextForeground
            let limit = JobQueue.foregroundLimit
            try claiming.take(count, of: query, ["owner": owner, "limit": limit]) { row in
                guard known.contains(try row.decode(forColumn: "number")),
                    try row.decode(String.self, forColumn: "host") == host
                else { return false }
                return try closed.isEmpty || !closed.contains(JobQueue.entry(row).origin)
            }
            return claiming.taken
        }
    }

    /// Takes a suspect for a process that runs nothing else: if that dies now, it is to blame.
    package func claimAlone(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await database.commitInGroup(.process) { [database] in
            var claiming = Claiming(by: owner, at: now, in: $0, database.options)
            try claiming.take(number, isAlone: true)
            return claiming.taken
        }
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
