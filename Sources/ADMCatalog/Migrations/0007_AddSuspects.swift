/// Finds the jobs during which processes died again and again: they run alone (``Recovery``).
enum AddSuspects: Migration {
    static let version = 7

    static let statements = """
        CREATE INDEX job_suspect ON job (sort_key, number)
            WHERE state = 'ready' AND recoveries >= 2;
        """
}
