package import ADMModel
import ADMSystem
package import Foundation
import GRDB

/// Which jobs a process may run.
package enum QueueSource: Sendable, Hashable {
    /// All that nobody waits for in the foreground and that need no secret which is not stored.
    case workspace
    /// Those that this process waits for itself.
    case attended
}

extension Catalog {
    /// How many jobs are looked at before hosts are.
    private static let headLength = 64
    /// The most jobs that somebody waits for among which the next one is looked for.
    private static let attendedLimit = 4096

    /// The next jobs of the queue.
    ///
    /// With `known`, only jobs with these numbers count. Where the hosts of the first jobs are all among
    /// `busy`, or their origins among `closed`, further hosts are looked for, so that one that wants to be
    /// left alone does not hold up the others.
    package func head(
        of source: QueueSource,
        owner: String,
        busy: Set<String> = [],
        closed: Set<String> = [],
        among known: Set<Int64>? = nil
    ) throws(Failure) -> QueueHead {
        try read { database in
            let isAttended = source == .attended
            var arguments: StatementArguments = ["limit": Catalog.headLength]
            if isAttended { arguments += ["owner": owner] }
            let query = try database.cachedStatement(
                sql: isAttended ? JobQuery.nextAttended : JobQuery.nextFree
            )
            let rows = try Row.fetchAll(query, arguments: arguments)
            var head = try Catalog.head(rows, among: known)
            let isHeldUp = head.entries.allSatisfy {
                busy.contains($0.host) || closed.contains($0.origin)
            }
            guard rows.count == Catalog.headLength, isHeldUp else { return head }
            if isAttended {
                let more: StatementArguments = ["owner": owner, "limit": Catalog.attendedLimit]
                head = try Catalog.head(Row.fetchAll(query, arguments: more), among: known)
            } else {
                let seen = Set(head.entries.map(\.host))
                try Catalog.addHosts(to: &head, seen, in: database)
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

    /// Takes the most urgent job of a host that any process may run; nil where none is left.
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
        try await share(.process) { database in
            // The jobs of an origin that is left alone may come first.
            let limit = closed.isEmpty ? count : max(count, Catalog.attendedLimit)
            let next = try Row.fetchAll(
                database.cachedStatement(sql: JobQuery.nextOfHost),
                arguments: [host, limit]
            )
            var taken = ClaimedJobs()
            for row in next where taken.claims.count < count {
                let entry = try Catalog.entry(row)
                guard !closed.contains(entry.origin) else { continue }
                try Catalog.take(entry.number, by: owner, at: now, in: database, into: &taken)
            }
            return taken
        }
    }

    /// Takes the most urgent jobs of a host that a process waits for itself, at most `count`, among
    /// those with the `known` numbers, none of an origin that is `closed`.
    package func claimAttended(
        count: Int,
        host: String,
        closed: Set<String> = [],
        owner: String,
        among known: Set<Int64>,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await share(.process) { database in
            let query = try database.cachedStatement(sql: JobQuery.nextAttended)
            var taken = ClaimedJobs()
            // Mostly the first ones are of the host; where they are not, the others are looked at too.
            for limit in [Catalog.headLength, Catalog.attendedLimit]
            where taken.claims.count < count {
                let next = try Row.fetchAll(query, arguments: ["owner": owner, "limit": limit])
                for row in next where taken.claims.count < count {
                    let entry = try Catalog.entry(row)
                    guard entry.host == host, known.contains(entry.number),
                        !closed.contains(entry.origin)
                    else { continue }
                    try Catalog.take(entry.number, by: owner, at: now, in: database, into: &taken)
                }
                if next.count < limit { break }
            }
            return taken
        }
    }

    /// The states of jobs by their numbers; those that are gone are not in it.
    package func states(of numbers: [Int64]) throws(Failure) -> [Int64: JobState] {
        try read { database in
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

    /// Makes jobs ready whose time has come; returns when the time of the next one comes, nil where
    /// none waits for a time.
    ///
    /// Nothing is written where nothing is due.
    package func promote(now: Date = Date()) throws(Failure) -> Date? {
        let next = try read { try Int64.fetchOne($0.cachedStatement(sql: JobQuery.nextDue)) }
        guard let next else { return nil }
        guard next <= now.milliseconds else { return Date(milliseconds: next) }
        return try write(.process) { database in
            let numbers = try Int64.fetchAll(
                database,
                sql: JobQuery.due,
                arguments: [now.milliseconds, 1000]
            )
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET state = 'ready', updated_at = ?
                    WHERE number = ? AND state IN ('scheduled', 'retrying')
                    """
            )
            for number in numbers {
                _ = try Catalog.isolating(number, at: now, in: database) {
                    try update.execute(arguments: [now.milliseconds, number])
                }
            }
            return try Int64.fetchOne(database, sql: JobQuery.nextDue)
                .map { Date(milliseconds: $0) }
        }
    }

    /// Says that a process waits for a job in the foreground and will run it itself; false where
    /// another living process does.
    package func attend(number: Int64, by owner: String) async throws(Failure) -> Bool {
        let home = self.home
        return try await share(.process) { database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT attendant FROM job WHERE number = ?",
                arguments: [number]
            )
            if let former, former != owner, LivenessLock.isAlive(id: former, in: home) {
                return false
            }
            try database.execute(
                sql: "UPDATE job SET attendant = ? WHERE number = ?",
                arguments: [owner, number]
            )
            return true
        }
    }

    /// Lets go of all jobs that a process attends; those that still wait are held where
    /// `isInterrupted` says that it was stopped.
    package func dismiss(owner: String, isInterrupted: Bool, now: Date = Date()) throws(Failure) {
        let attends = try read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM job WHERE attendant = ?)",
                arguments: [owner]
            ) ?? false
        }
        guard attends else { return }
        try write(.process) { database in
            if isInterrupted {
                try database.execute(
                    sql: """
                        UPDATE job SET state = 'paused', paused_by = ?, updated_at = ?
                        WHERE attendant = ? AND state IN ('ready', 'retrying')
                        """,
                    arguments: [PauseCause.interruption.rawValue, now.milliseconds, owner]
                )
            }
            try database.execute(
                sql: "UPDATE job SET attendant = NULL WHERE attendant = ?",
                arguments: [owner]
            )
        }
    }

    /// Whether no job is ready, or waits for its next attempt, that any process may run.
    package func isDrained() throws(Failure) -> Bool {
        try read { database in
            let hasWork = try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job INDEXED BY job_pull
                            WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]')
                        OR EXISTS (SELECT 1 FROM job WHERE state = 'retrying'
                            AND attendant IS NULL AND withheld = '[]')
                    """
            )
            return hasWork == false
        }
    }

    /// A number that changes whenever another connection changed the database
    /// (`PRAGMA data_version`).
    package func changeCount() throws(Failure) -> Int64 {
        let count = try read { database in
            try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
        // Each connection counts for itself.
        return reopenings << 40 | count
    }
}
