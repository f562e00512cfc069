/// The statements whose cost must not grow with the number of jobs; a test reads their plans.
enum JobQuery {
    /// A page of all jobs, newest first: highest number, limit.
    static let page = "SELECT * FROM job WHERE number <= ? ORDER BY number DESC LIMIT ?"

    /// A page of the jobs of one state, newest first: state, highest number, limit.
    static let pageOfState = """
        SELECT number FROM job WHERE state = ? AND number <= ? ORDER BY number DESC LIMIT ?
        """

    /// A page of finished jobs of one state, latest first: state, time and number below, limit.
    static let pageOfHistory = """
        SELECT finished_at, number FROM job
        WHERE finished_at IS NOT NULL AND state = ? AND (finished_at, number) < (?, ?)
        ORDER BY finished_at DESC, number DESC LIMIT ?
        """

    /// What a job has that any process may run.
    static let unclaimed = "attendant IS NULL AND withheld = '[]'"
    /// A job that any process may take.
    static let free = "state = 'ready' AND \(unclaimed)"

    private static let usual = "recoveries < \(Recovery.suspicion)"
    private static let next = "\(free) AND \(usual)"
    private static let foreground = "attendant = :owner AND state = 'ready' AND \(usual)"

    /// The suspects that a process may run, alone: owner, limit.
    static let suspects = """
        SELECT number, host, url, sort_key, attendant FROM job INDEXED BY job_suspect
        WHERE state = 'ready' AND recoveries >= 2
            AND (attendant = :owner OR \(unclaimed))
        ORDER BY sort_key, number LIMIT :limit
        """

    /// The next jobs of a host that any process may take: host, limit.
    static let nextOfHost = """
        SELECT number, host, url FROM job INDEXED BY job_pull_host WHERE \(next) AND host = ?
        ORDER BY sort_key, number LIMIT ?
        """

    /// The next jobs that any process may take: limit.
    static let nextFree = """
        SELECT number, host, url, sort_key FROM job INDEXED BY job_pull WHERE \(next)
        ORDER BY sort_key, number LIMIT :limit
        """

    /// The next jobs that a process waits for in the foreground: owner, limit.
    static let nextForeground = """
        SELECT number, host, url, sort_key FROM job INDEXED BY job_attended WHERE \(foreground)
        ORDER BY sort_key, number LIMIT :limit
        """

    /// The first job of each host after another one: host.
    static let nextHost = """
        SELECT number, host, url, sort_key FROM job INDEXED BY job_pull_host
        WHERE \(next) AND host > ? ORDER BY host, sort_key, number LIMIT 1
        """

    /// The jobs whose time has come: now, limit.
    static let due = """
        SELECT number FROM job INDEXED BY job_due
        WHERE state IN ('scheduled', 'retrying') AND run_at <= ? ORDER BY run_at, number LIMIT ?
        """

    /// When the time of the next one comes.
    static let nextDue = """
        SELECT run_at FROM job INDEXED BY job_due WHERE state IN ('scheduled', 'retrying')
        ORDER BY run_at LIMIT 1
        """

    /// The retries that were planned by a clock that stood ahead: now.
    static let plannedAhead = """
        SELECT number, run_at, updated_at FROM job INDEXED BY job_due
        WHERE state IN ('scheduled', 'retrying') AND state = 'retrying' AND run_at > :now
            AND (updated_at > :now + 2000 OR run_at > :now + \(JobQueue.longestRetryWait))
        """

    /// Puts a job into the queue, unless an unfinished one fetches the same.
    static let insert = inserting(state: "?")

    /// The same for a job that waits for another one, whatever its state is said to be.
    static let insertBlocked = inserting(state: "iif(? IS NULL, NULL, 'blocked')")

    private static func inserting(state: String) -> String {
        """
        INSERT INTO job (
            id, state, sort_key, run_at, priority, created_at, updated_at, host, url, directory,
            uniq, withheld, request, attendant, after_job)
        VALUES (?, \(state), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    }

    /// Appends an event: number and identifier of the job, type, time, payload.
    static let insertEvent =
        "INSERT INTO event (number, job, type, at, payload) VALUES (?, ?, ?, ?, ?)"

    /// The unfinished job that fetches the same: key.
    static let unfinishedTwin = """
        SELECT * FROM job WHERE uniq = ? AND finished_at IS NULL
        """

    /// The newest job that fetched the same and was given up although it has bytes: key.
    static let abandonedTwin = """
        SELECT * FROM job INDEXED BY job_again
        WHERE uniq = ? AND state IN ('failed', 'cancelled') AND bytes_done > 0
        ORDER BY number DESC LIMIT 1
        """

    /// The newest job that fetched the same successfully: key.
    static let succeededTwin = """
        SELECT * FROM job INDEXED BY job_done_before WHERE uniq = ? AND state = 'succeeded'
        ORDER BY number DESC LIMIT 1
        """

    /// The processes that own jobs.
    static let owners = "SELECT DISTINCT owner FROM job WHERE owner IS NOT NULL"

    /// The processes that wait for jobs in the foreground.
    static let foregroundOwners = "SELECT DISTINCT attendant FROM job WHERE attendant IS NOT NULL"

    /// The jobs of one process: owner.
    static let owned = "SELECT * FROM job WHERE owner = ? ORDER BY number"

    /// Whether another unfinished job has a destination: directory, file name, own number.
    static let destinationIsTaken = """
        SELECT EXISTS (
            SELECT 1 FROM job WHERE directory = ? AND file_name = ? AND number <> ?
            AND finished_at IS NULL)
        """

    /// Events after a number, in order: number, limit.
    static let events = "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
}
