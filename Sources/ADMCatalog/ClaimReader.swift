import ADMModel
import Foundation
import GRDB
import Synchronization

/// Reads rows as claims; what those of one transaction have in common is read once.
struct ClaimReader {
    private let options: OptionsMemory
    private var hasCredentials: Bool?
    private var allowed: [String: Int?] = [:]

    /// Begins in a transaction.
    init(_ options: OptionsMemory = OptionsMemory()) { self.options = options }

    /// The claim that the row's present executor holds.
    ///
    /// - Throws: ``UnreadableRow`` if the row, or one that belongs to it, cannot be read.
    mutating func claim(from row: Row, in database: Database) throws -> Claim {
        let job = try options.read { try JobRecord.job(from: row, &$0) }
        return try UnreadableRow.reading(job.number) { try claim(job, row, in: database) }
    }

    private mutating func claim(_ job: Job, _ row: Row, in database: Database) throws -> Claim {
        let target = try JobRecord.target(from: row)
        return Claim(
            job: job,
            epoch: try row.decode(at: .epoch),
            owner: try row.decode(at: .owner),
            segments: try JobRecord.segments(of: job.number, whole: target?.size, in: database),
            target: target,
            retries: try row.decode(at: .retries),
            bestDone: try row.decode(at: .bestDone),
            mayHaveCredentials: try mayHaveCredentials(database),
            allowedConnections: try allowedConnections(of: job.request.url.origin.host, database),
            pieces: try JobRecord.pieces(of: job.number, in: database)
        )
    }

    private mutating func mayHaveCredentials(_ database: Database) throws -> Bool {
        if let hasCredentials { return hasCredentials }
        let select = try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM credential)")
        let answer = try Bool.fetchOne(select) ?? true
        hasCredentials = answer
        return answer
    }

    private mutating func allowedConnections(of host: String, _ database: Database) throws -> Int? {
        if let known = allowed[host] { return known }
        let answer = try JobRecorder.allowedConnections(of: host, at: Date(), in: database)
        allowed[host] = .some(answer)
        return answer
    }
}

/// Remembers the options that were read last, from one transaction to the next: those of many jobs are equal.
final class OptionsMemory: Sendable {
    private let options = Mutex(StoredOptions())

    /// Reads rows with what is remembered.
    func read<Value: Sendable>(
        _ body: (inout StoredOptions) throws -> Value
    ) rethrows -> Value {
        try options.withLock { try body(&$0) }
    }
}
