import ADMModel
import Foundation
import GRDB

/// The digests of the pieces of a job's file.
extension Catalog {
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

    /// Those of a job; nil where it has none.
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
}
