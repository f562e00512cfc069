import ADMModel
import Foundation
import GRDB

/// The rows of requests that may be repeated.
enum RequestRecord {
    /// How long a key is remembered, in milliseconds: a day.
    static let lifetime: Int64 = 86_400_000

    /// What came of a request; nil if its key is not known, or not any more.
    static func outcome(
        of request: RequestKey,
        at now: Int64,
        in database: Database
    ) throws -> KeyedOutcome? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT fingerprint, number, id, state, is_new FROM request
                WHERE key = ? AND created_at > ?
                """,
            arguments: [request.key, now.subtracting(saturating: lifetime)]
        )
        guard let row else { return nil }
        let fingerprint: String = try row.decode(forColumn: "fingerprint")
        guard fingerprint == request.fingerprint else { return .conflicting }
        guard let id = JobID(try row.decode(String.self, forColumn: "id")),
            let state = JobState(rawValue: try row.decode(String.self, forColumn: "state"))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row of request") }
        let job = QueuedJob(
            id: id,
            number: try row.decode(forColumn: "number"),
            state: state,
            isNew: try row.decode(forColumn: "is_new")
        )
        return .repeated(job)
    }

    /// Remembers what came of a request, and forgets those of which nobody asks any more.
    static func keep(
        _ job: QueuedJob,
        of request: RequestKey,
        at now: Int64,
        in database: Database
    ) throws {
        try database.execute(
            sql: "DELETE FROM request WHERE created_at <= ? OR key = ?",
            arguments: [now.subtracting(saturating: lifetime), request.key]
        )
        try database.execute(
            sql: """
                INSERT INTO request (key, fingerprint, number, id, state, is_new, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                request.key, request.fingerprint, job.number, job.id.description,
                job.state.rawValue, job.isNew, now,
            ]
        )
    }
}
