package import ADMModel
package import Foundation
import GRDB

/// Which jobs a process may run.
package enum QueueSource: Sendable, Hashable {
    /// All that nobody waits for in the foreground and that need no secret which is not stored.
    case workspace
    /// Those that this process waits for itself.
    case foreground
}

/// A ready job during which processes died twice without any progress of it.
///
/// It may be innocent: everything that a process runs dies with it. So it runs alone, and only who dies
/// alone is given up.
package struct Suspect: Sendable, Hashable {
    /// Its number.
    package var number: Int64
    /// Where it fetches from.
    package var host: String
    /// The same with scheme and port, as it is written in URLs.
    package var origin: String
    /// Its place in the queue.
    package var sortKey: Int64
    /// Whether this process waits for it in the foreground.
    package var isForeground: Bool
}

/// The queue as the processes that run its jobs see it: what comes next, and what waits for a time.
package struct JobQueue: Sendable {
    let database: WorkspaceDatabase
    let liveness: Liveness

    /// How many jobs are looked at before hosts are.
    static let headLength = 64

    /// The most jobs that somebody waits for among which the next one is looked for.
    static let foregroundLimit = 4096

    /// The next jobs of the queue.
    ///
    /// With `known`, only jobs with these numbers count. If the hosts of the first jobs are all among
    /// `busy`, or their origins among `closed`, further hosts are looked for, so that one that wants to be
    /// left alone does not hold up the others.
    package func head(
        of source: QueueSource,
        owner: String,
        busy: Set<String> = [],
        closed: Set<String> = [],
        among known: Set<Int64>? = nil
    ) async throws(Failure) -> QueueHead {
        try await database.read { database in
            let isForeground = source == .foreground
            var arguments: StatementArguments = ["limit": JobQueue.headLength]
            if isForeground { arguments += ["owner": owner] }
            let query = try database.cachedStatement(
                sql: isForeground ? JobQuery.nextForeground : JobQuery.nextFree
            )
            let rows = try Row.fetchAll(query, arguments: arguments)
            var head = try JobQueue.head(rows, among: known)
            let isHeldUp = head.entries.allSatisfy {
                busy.contains($0.host) || closed.contains($0.origin)
            }
            guard rows.count == JobQueue.headLength, isHeldUp else { return head }
            if isForeground {
                let more: StatementArguments = ["owner": owner, "limit": JobQueue.foregroundLimit]
                head = try JobQueue.head(Row.fetchAll(query, arguments: more), among: known)
            } else {
                let seen = Set(head.entries.map(\.host))
                try JobQueue.addHosts(to: &head, seen, in: database)
            }
            return head
        }
    }

    /// The first job of each origin among rows in their order.
    private static func head(_ rows: [Row], among known: Set<Int64>?) throws -> QueueHead {
        var head = QueueHead()
        var seen: Set<String> = []
        for row in rows {
            let entry = try entry(row)
            guard known?.contains(entry.number) ?? true else { continue }
            head.count += 1
            // One that is nonsense is found out when its job is claimed.
            if head.entries.isEmpty {
                let key: Int64 = try row.decode(forColumn: "sort_key")
                head.sortKey = min(
                    StoredNumbers.sortKey.upperBound,
                    max(StoredNumbers.sortKey.lowerBound, key)
                )
            }
            if seen.insert(entry.origin).inserted { head.entries.append(entry) }
        }
        return head
    }

    static func entry(_ row: Row) throws -> QueueHead.Entry {
        QueueHead.Entry(
            number: try row.decode(forColumn: "number"),
            host: try row.decode(forColumn: "host"),
            origin: origin(of: try row.decode(forColumn: "url"))
        )
    }

    /// The origin of a URL as it is stored: all before its path.
    private static func origin(of url: String) -> String {
        let bytes = url.utf8
        var slashes = 0
        let end = bytes.firstIndex { byte in
            if byte == 0x2F { slashes += 1 }
            return slashes == 3
        }
        return String(url[..<(end ?? bytes.endIndex)])
    }

    /// Jumps from host to host through the index, so that the jobs between cost nothing.
    private static func addHosts(
        to head: inout QueueHead,
        _ seen: Set<String>,
        in database: Database
    ) throws {
        let next = try database.cachedStatement(sql: JobQuery.nextHost)
        var host = ""
        for _ in 0..<256 {
            guard let row = try Row.fetchOne(next, arguments: [host]) else { return }
            let entry = try entry(row)
            if !seen.contains(entry.host) { head.entries.append(entry) }
            host = entry.host
        }
    }

    /// The suspects that a process may run, the most urgent first, at most `limit`.
    package func suspects(for owner: String, limit: Int = 16) async throws(Failure) -> [Suspect] {
        try await database.read { database in
            let select = try database.cachedStatement(sql: JobQuery.suspects)
            return try Row.fetchAll(select, arguments: ["owner": owner, "limit": limit]).map {
                row in
                let entry = try JobQueue.entry(row)
                return Suspect(
                    number: entry.number,
                    host: entry.host,
                    origin: entry.origin,
                    sortKey: try row.decode(forColumn: "sort_key"),
                    isForeground: try row.decode(String?.self, forColumn: "attendant") != nil
                )
            }
        }
    }

    /// Whether a job is a suspect no more: it has gained bytes since.
    package func isCleared(number: Int64) async throws(Failure) -> Bool {
        try await database.read { database in
            try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT recoveries < ? FROM job WHERE number = ?"),
                arguments: [Recovery.suspicion, number]
            ) ?? true
        }
    }

    /// The states of jobs by their numbers; those that are gone are not in it.
    package func states(of numbers: [Int64]) async throws(Failure) -> [Int64: JobState] {
        try await database.read { database in
            let select = try database.cachedStatement(
                sql: "SELECT state FROM job WHERE number = ?"
            )
            var states: [Int64: JobState] = [:]
            for number in numbers {
                let text = try String.fetchOne(select, arguments: [number])
                states[number] = text.flatMap(JobState.init)
            }
            return states
        }
    }

    /// Whether no job is ready, or waits for its next attempt, that any process may run.
    package func isDrained() async throws(Failure) -> Bool {
        try await database.read { database in
            let hasWork = try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job INDEXED BY job_pull
                            WHERE \(JobQuery.free))
                        OR EXISTS (SELECT 1 FROM job WHERE state = 'retrying'
                            AND \(JobQuery.unclaimed))
                    """
            )
            return hasWork == false
        }
    }

    /// How long another attempt may be waited for, in milliseconds.
    static let longestRetryWait = Int64(RetryPolicy.longestWait * 1000)

    /// When the next job is due that waits for a time; nil if none does.
    package func nextDue() async throws(Failure) -> Date? {
        try await database.read { try Int64.fetchOne($0.cachedStatement(sql: JobQuery.nextDue)) }
            .map { Date(milliseconds: $0) }
    }

    /// Makes jobs ready whose time has come; returns when the time of the next one comes, nil if
    /// none waits for a time.
    ///
    /// Nothing is written if nothing is due.
    package func promote(now: Date = Date()) async throws(Failure) -> Date? {
        guard let next = try await nextDue() else { return nil }
        guard next <= now else { return next }
        return try await database.write(.process) { database in
            let numbers = try Int64.fetchAll(
                database,
                sql: JobQuery.due,
                arguments: [now.milliseconds, 1000]
            )
            let jobs = JobTransaction(database, at: now)
            for number in numbers {
                _ = try jobs.isolating(number) {
                    _ = try jobs.move(number, from: [.scheduled, .retrying], to: .ready)
                }
            }
            return try Int64.fetchOne(database, sql: JobQuery.nextDue)
                .map { Date(milliseconds: $0) }
        }
    }

    /// Gives retries that were planned while the clock stood ahead the same wait again, from now on.
    ///
    /// Such a row was written at a time that is still to come, or waits longer than anybody may. It reads
    /// all jobs that wait for a time: call it if the clock may have been put back.
    ///
    /// - Returns: How many there were. Nothing is written if there are none.
    @discardableResult
    package func mendRetries(now: Date = Date()) async throws(Failure) -> Int {
        let isNeeded = try await database.read { database in
            try !JobQueue.plannedAhead(of: now, in: database).isEmpty
        }
        guard isNeeded else { return 0 }
        return try await database.write(.process) { database in
            let jobs = JobTransaction(database, at: now)
            var count = 0
            for retry in try JobQueue.plannedAhead(of: now, in: database) {
                let wait = retry.due.subtracting(saturating: retry.plannedAt)
                let known = (0...JobQueue.longestRetryWait).contains(wait) ? wait : 0
                let due = now.milliseconds.adding(saturating: known)
                _ = try jobs.isolating(retry.number) {
                    let isMended = try jobs.update(
                        retry.number,
                        in: [.retrying],
                        set: [.runAt: .value(due), .sortKey: JobQueue.sortKey(":run_at")]
                    )
                    if isMended { count += 1 }
                }
            }
            return count
        }
    }

    /// The retries that were planned by a clock that stood ahead of `now`.
    private static func plannedAhead(
        of now: Date,
        in database: Database
    ) throws -> [(number: Int64, due: Int64, plannedAt: Int64)] {
        let select = try database.cachedStatement(sql: JobQuery.plannedAhead)
        return try Row.fetchAll(select, arguments: ["now": now.milliseconds]).map { row in
            (
                try row.decode(forColumn: "number"), try row.decode(forColumn: "run_at"),
                try row.decode(forColumn: "updated_at")
            )
        }
    }
}
