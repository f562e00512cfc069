/// The statements whose cost must not grow with the number of jobs; a test reads their plans.
enum JobQuery {
    /// A page of all jobs, newest first: number below, limit.
    static let page = "SELECT * FROM job WHERE number < ? ORDER BY number DESC LIMIT ?"

    /// A page of the jobs of one state, newest first: state, number below, limit.
    static let pageOfState = """
        SELECT number FROM job WHERE state = ? AND number < ? ORDER BY number DESC LIMIT ?
        """

    /// A page of finished jobs of one state, latest first: state, time and number below, limit.
    static let pageOfHistory = """
        SELECT finished_at, number FROM job
        WHERE finished_at IS NOT NULL AND state = ? AND (finished_at, number) < (?, ?)
        ORDER BY finished_at DESC, number DESC LIMIT ?
        """

    /// Takes a waiting job: owner, time, time, number.
    static let claim = """
        UPDATE job SET state = 'running', intent = NULL, owner = ?, epoch = epoch + 1,
            attempt = attempt + 1, started_at = coalesce(started_at, ?), updated_at = ?
        WHERE number = ? AND state IN ('ready', 'retrying') RETURNING *
        """

    /// The processes that own jobs.
    static let owners = "SELECT DISTINCT owner FROM job WHERE owner IS NOT NULL"

    /// The jobs of one process: owner.
    static let owned = "SELECT * FROM job WHERE owner = ? ORDER BY number"

    /// Whether another unfinished job has a destination: directory, file name, own number.
    static let destinationIsTaken = """
        SELECT EXISTS (
            SELECT 1 FROM job WHERE directory = ? AND file_name = ? AND number <> ?
            AND state NOT IN ('succeeded', 'failed', 'cancelled'))
        """

    /// Events after a number, in order: number, limit.
    static let events = "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
}
