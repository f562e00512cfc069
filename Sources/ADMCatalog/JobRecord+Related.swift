import ADMModel
import Foundation
import GRDB

/// Rows of the job table by what identifies them, and the rows of other tables that belong to them.
extension JobRecord {
    static func row(_ number: Int64, in database: Database) throws -> Row? {
        try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT * FROM job WHERE number = ?"),
            arguments: [number]
        )
    }

    static func notFound(_ text: String) -> Failure {
        Failure(
            .jobNotFound,
            "there is no job \(text.prefix(60)) in this workspace",
            hint: "adm list shows the jobs, adm history the finished ones"
        )
    }

    /// The unfinished job with this key.
    ///
    /// - Throws: ``Failure`` with `exists` if there is one that cannot be read.
    static func unfinished(_ uniqueKey: String, in database: Database) throws -> Job? {
        do { return try first(JobQuery.unfinishedTwin, uniqueKey, in: database) } catch let problem
            as UnreadableRow
        {
            throw Failure(
                .exists,
                "job \(problem.job) fetches the same already and cannot be read",
                hint: "adm rm \(problem.job) forgets it",
                cause: problem.reason
            )
        }
    }

    static func first(
        _ query: String,
        _ uniqueKey: String,
        in database: Database
    ) throws -> Job? {
        try Row.fetchOne(database.cachedStatement(sql: query), arguments: [uniqueKey])
            .map(JobRecord.job)
    }

    /// Whether another unfinished job has this name in the job's directory.
    static func isTaken(_ name: String, from job: Job, in database: Database) throws -> Bool {
        let taken = try Bool.fetchOne(
            try database.cachedStatement(sql: JobQuery.destinationIsTaken),
            arguments: [job.directory, name, job.number]
        )
        return taken == true
    }

    /// The bytes of a job that are on disk: all of them if the file is on its way to its final name with
    /// this size, else those that were recorded.
    static func segments(
        of number: Int64,
        whole size: Int64?,
        in database: Database
    ) throws -> SegmentMap {
        if let size, let all = ByteRange(checked: 0, size) { return SegmentMap([all]) }
        let rows = try Row.fetchAll(
            try database.cachedStatement(
                sql: "SELECT first, past FROM segment WHERE job = ? ORDER BY first"
            ),
            arguments: [number]
        )
        return SegmentMap(
            try rows.map { row in
                let first: Int64 = try row.decode(forColumn: "first")
                let past: Int64 = try row.decode(forColumn: "past")
                guard let range = ByteRange(checked: first, past), range.count > 0 else {
                    throw UnreadableValue(reason: "it has the bytes from \(first) to \(past)")
                }
                return range
            }
        )
    }

    static func store(
        _ segments: SegmentMap,
        of number: Int64,
        in database: Database
    ) throws {
        try forgetSegments(of: number, in: database)
        let insert = try database.cachedStatement(
            sql: "INSERT INTO segment (job, first, past) VALUES (?, ?, ?)"
        )
        for range in segments.ranges {
            try insert.execute(arguments: [number, range.start, range.end])
        }
    }

    static func forgetSegments(of number: Int64, in database: Database) throws {
        // A small file has none, and looking costs a third of deleting nothing.
        let hasSome = try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM segment WHERE job = ?)"),
            arguments: [number]
        )
        guard hasSome != false else { return }
        try database.cachedStatement(sql: "DELETE FROM segment WHERE job = ?")
            .execute(arguments: [number])
    }

    /// The size of a file on its way to its final name.
    private static let wholeSize = """
        FROM job WHERE number = :number AND state = 'finalizing' AND target_size > 0
            AND epoch = coalesce(:epoch, epoch)
        """

    /// Records that every byte of a job is on disk, if it is in `finalizing` and leaves that without an end.
    static func keepWhole(_ number: Int64, _ epoch: Int64?, in database: Database) throws {
        let arguments: StatementArguments = ["number": number, "epoch": epoch]
        for statement in [
            "DELETE FROM segment WHERE job = :number AND EXISTS (SELECT 1 \(wholeSize))",
            "INSERT INTO segment (job, first, past) SELECT number, 0, target_size \(wholeSize)",
        ] {
            try database.cachedStatement(sql: statement).execute(arguments: arguments)
        }
    }

    /// Keeps them with a job, in place of others.
    static func keep(
        _ pieces: PieceHashes,
        of number: Int64,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO piece (job, algorithm, length, digests)
                VALUES (?, ?, ?, ?)
                """
        )
        .execute(arguments: [
            number, pieces.algorithm.rawValue, pieces.pieceLength, Data(pieces.digests),
        ])
    }

    /// Those of a job; nil if it has none.
    static func pieces(of number: Int64, in database: Database) throws -> PieceHashes? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT algorithm, length, digests FROM piece WHERE job = ?"
            ),
            arguments: [number]
        )
        guard let row else { return nil }
        let digests: Data = try row.decode(forColumn: "digests")
        guard let algorithm = DigestAlgorithm(rawValue: try row.decode(forColumn: "algorithm")),
            let pieces = try? PieceHashes(
                algorithm,
                pieceLength: row.decode(forColumn: "length"),
                digests: Array(digests)
            )
        else {
            throw UnreadableValue(reason: "the digests of its pieces are not valid")
        }
        return pieces
    }

    /// Marks a job with a word.
    static func tag(_ number: Int64, _ tag: String, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO tag (tag, job) VALUES (?, ?)")
            .execute(arguments: [tag, number])
    }
}
