/// Which credentials the workspace has, and where their secrets are; never a secret, nor a digest of one.
///
/// - `slot` is the part of a request that a credential fills: of each there is one for a path.
/// - `field` is the name of the header field, for the kind `header`.
enum AddCredentials: Migration {
    static let version = 3

    static let statements = """
        CREATE TABLE credential (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (kind <> ''),
            slot TEXT NOT NULL CHECK (slot <> ''),
            scheme TEXT NOT NULL CHECK (scheme <> ''),
            host TEXT NOT NULL CHECK (host <> ''),
            port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
            scope TEXT NOT NULL CHECK (scope LIKE '/%'),
            user TEXT,
            field TEXT,
            store TEXT NOT NULL CHECK (store <> ''),
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            used_at INTEGER,
            UNIQUE (host, port, scheme, slot, scope)
        ) STRICT, WITHOUT ROWID;
        """
}
