package import ADMModel
package import Foundation
import GRDB

/// The credentials of a workspace; their secrets are elsewhere.
package struct CredentialBook: Sendable {
    let database: WorkspaceDatabase

    /// All credentials of the workspace, by server and path.
    ///
    /// - Throws: ``Failure`` of the database.
    package func all() async throws(Failure) -> [Credential] {
        try await database.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM credential ORDER BY host, port, scheme, scope, slot"
            ).map(CredentialBook.credential)
        }
    }

    /// The credentials for one server or proxy, those for the longest path first.
    ///
    /// - Throws: ``Failure`` of the database.
    package func all(for origin: SourceURL.Origin) async throws(Failure) -> [Credential] {
        try await database.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT * FROM credential WHERE host = ? AND port = ? AND scheme = ?
                        ORDER BY length(scope) DESC, slot
                        """
                ),
                arguments: [origin.host, origin.port, origin.scheme]
            ).map(CredentialBook.credential)
        }
    }

    /// Records a credential, in place of the one for the same slot of the same path.
    ///
    /// - Throws: ``Failure`` of the database; then nothing has changed.
    /// - Returns: The one that it took the place of.
    @discardableResult
    package func record(_ credential: Credential) async throws(Failure) -> Credential? {
        try await database.write(.power) { database in
            let key: StatementArguments = [
                credential.origin.host, credential.origin.port, credential.origin.scheme,
                credential.slot, credential.scope,
            ]
            let same = "host = ? AND port = ? AND scheme = ? AND slot = ? AND scope = ?"
            let earlier = try Row.fetchOne(
                database,
                sql: "SELECT * FROM credential WHERE \(same)",
                arguments: key
            ).map(CredentialBook.credential)
            try database.execute(sql: "DELETE FROM credential WHERE \(same)", arguments: key)
            try database.execute(
                sql: """
                    INSERT INTO credential (host, port, scheme, slot, scope, id, kind, user, field,
                        store, created_at, expires_at, used_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: key + [
                    credential.identifier, credential.kind.rawValue,
                    credential.user, credential.fieldName, credential.store.rawValue,
                    credential.createdAt.milliseconds, credential.expiresAt?.milliseconds,
                    credential.usedAt?.milliseconds,
                ]
            )
            return earlier
        }
    }

    /// Forgets a credential; false if it is not there.
    ///
    /// - Throws: ``Failure`` of the database.
    @discardableResult
    package func forget(_ credential: Credential) async throws(Failure) -> Bool {
        try await database.write(.power) { database in
            try database.execute(
                sql: "DELETE FROM credential WHERE id = ?",
                arguments: [credential.identifier]
            )
            return database.changesCount == 1
        }
    }

    /// Notes that a credential was sent.
    ///
    /// - Throws: ``Failure`` of the database.
    package func used(_ credential: Credential, now: Date = Date()) async throws(Failure) {
        try await database.write(.process) { database in
            try database.execute(
                sql: "UPDATE credential SET used_at = ? WHERE id = ?",
                arguments: [now.milliseconds, credential.identifier]
            )
        }
    }

    private static func credential(_ row: Row) throws -> Credential {
        guard let id = UUID(uuidString: try row.decode(forColumn: "id")),
            let store = CredentialStore(rawValue: try row.decode(forColumn: "store"))
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT,
                message: "a credential cannot be read"
            )
        }
        return Credential(
            id: id,
            kind: CredentialKind(rawValue: try row.decode(forColumn: "kind")),
            origin: SourceURL.Origin(
                scheme: try row.decode(forColumn: "scheme"),
                host: try row.decode(forColumn: "host"),
                port: try row.decode("port", in: 1...65_535)
            ),
            scope: try row.decode(forColumn: "scope"),
            user: try row.decode(forColumn: "user"),
            fieldName: try row.decode(forColumn: "field"),
            store: store,
            createdAt: try row.moment("created_at"),
            expiresAt: try JobRecord.date(row, "expires_at"),
            usedAt: try JobRecord.date(row, "used_at")
        )
    }
}
