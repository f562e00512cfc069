/// Remembers requests that may be repeated, with the job that came of each, so that it is added once.
enum AddRequests: Migration {
    static let version = 10

    static let statements = """
        CREATE TABLE request (
            key TEXT PRIMARY KEY NOT NULL,
            fingerprint TEXT NOT NULL,
            number INTEGER NOT NULL,
            id TEXT NOT NULL,
            state TEXT NOT NULL,
            is_new INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX request_created ON request (created_at);
        """
}
