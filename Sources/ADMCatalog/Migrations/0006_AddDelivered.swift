/// Which file a job delivered: its number on its file system (stat(2)), as a bit pattern.
///
/// Its name may be another file's by the time that it is to be deleted.
enum AddDelivered: Migration {
    static let version = 6

    static let statements = """
        ALTER TABLE job ADD COLUMN delivered_inode INTEGER;
        """
}
