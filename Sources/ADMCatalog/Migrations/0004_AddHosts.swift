/// What hosts let in: how many connections for one file were accepted when one more was refused.
enum AddHosts: Migration {
    static let version = 4

    static let statements = """
        CREATE TABLE host (
            name TEXT NOT NULL PRIMARY KEY,
            connections INTEGER NOT NULL CHECK (connections > 0),
            noted_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
