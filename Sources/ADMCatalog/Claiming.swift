import ADMModel
import Foundation
import GRDB

/// The claims of one transaction.
struct Claiming {
    private let owner: String
    private let database: Database
    private let jobs: JobTransaction
    private var reader: ClaimReader
    /// What was taken so far.
    private(set) var taken = ClaimedJobs()

    /// Begins in a transaction, for a process with this name.
    init(
        by owner: String,
        at now: Date,
        in database: Database,
        _ options: OptionsMemory
    ) {
        self.owner = owner
        self.database = database
        jobs = JobTransaction(database, at: now)
        reader = ClaimReader(options)
    }

    /// Takes jobs among the rows of a query, in their order, until it has `count` or there are no more.
    mutating func take(
        _ count: Int,
        of query: String,
        _ arguments: StatementArguments,
        where isWanted: (Row) throws -> Bool
    ) throws {
        while taken.claims.count < count {
            let missing = count - taken.claims.count
            let before = taken.claims.count + taken.events.count
            let numbers = try numbers(missing, of: query, arguments, where: isWanted)
            for number in numbers { try take(number) }
            // In place of those that were set aside others are looked for.
            let isChanged = taken.claims.count + taken.events.count > before
            guard numbers.count == missing, isChanged else { return }
        }
    }

    /// The first jobs that are wanted among rows; none is read behind the last of them.
    private func numbers(
        _ count: Int,
        of query: String,
        _ arguments: StatementArguments,
        where isWanted: (Row) throws -> Bool
    ) throws -> [Int64] {
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: query),
            arguments: arguments
        )
        var numbers: [Int64] = []
        while numbers.count < count, let row = try rows.next() {
            if try isWanted(row) { numbers.append(try row.decode(forColumn: "number")) }
        }
        return numbers
    }

    /// Takes a waiting job; one that cannot be read is set aside.
    ///
    /// `RETURNING` would be shorter and makes a table of its own for each row.
    mutating func take(_ number: Int64, isAlone: Bool = false) throws {
        var claim: Claim?
        let events = try jobs.isolating(number) {
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
                try reader.claim(from: $0, in: database)
            }
        }
        taken.events += events
        if let claim { taken.claims.append(claim) }
    }
}
