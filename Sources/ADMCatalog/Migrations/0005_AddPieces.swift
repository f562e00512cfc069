/// Digests of the pieces of a job's file, where somebody gave them.
enum AddPieces: Migration {
    static let version = 5

    static let statements = """
        CREATE TABLE piece (
            job INTEGER NOT NULL PRIMARY KEY REFERENCES job (number) ON DELETE CASCADE,
            algorithm TEXT NOT NULL,
            length INTEGER NOT NULL CHECK (length > 0),
            digests BLOB NOT NULL
        ) STRICT;
        """
}
