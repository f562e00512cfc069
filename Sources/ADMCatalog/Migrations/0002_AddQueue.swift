/// What the queue needs: who waits for a job, what it waits for, its tags, and how often it failed.
///
/// - `attendant` is the process that waits for the job in the foreground and runs it itself; nobody
///   else takes the job while that process lives.
/// - `after_job` is the number of the job whose success it waits for.
/// - `retries` counts failed attempts since the last gain; `best_done` is the most bytes it ever had.
/// - `waited` is how long it was ready before its first attempt, in milliseconds.
/// - `job_pull` holds what any process may take, in order; `job_pull_host` the same by host, so that
///   a host that wants to be left alone does not hide the jobs of others.
/// - Jobs are added in one place, which counts them itself and begins them in a state that is
///   allowed: with triggers for that, adding a million took two and a half times as long (58 instead
///   of 23 microseconds a job), because SQLite then keeps a journal for every statement.
/// - A job that is resumed goes back to what it waited for.
enum AddQueue: Migration {
    static let version = 2

    static let statements = """
        ALTER TABLE job ADD COLUMN attendant TEXT;
        ALTER TABLE job ADD COLUMN after_job INTEGER;
        ALTER TABLE job ADD COLUMN retries INTEGER NOT NULL DEFAULT 0 CHECK (retries >= 0);
        ALTER TABLE job ADD COLUMN best_done INTEGER NOT NULL DEFAULT 0 CHECK (best_done >= 0);
        ALTER TABLE job ADD COLUMN waited INTEGER CHECK (waited >= 0);
        ALTER TABLE job ADD COLUMN paused_by TEXT;

        UPDATE job SET best_done = bytes_done;

        CREATE TABLE tag (
            tag TEXT NOT NULL,
            job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
            PRIMARY KEY (tag, job)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX tag_of_job ON tag (job);

        DROP INDEX job_next;
        CREATE INDEX job_pull ON job (sort_key, number, host)
            WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]';
        CREATE INDEX job_pull_host ON job (host, sort_key, number)
            WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]';
        CREATE INDEX job_attended ON job (attendant, sort_key, number)
            WHERE attendant IS NOT NULL;
        CREATE INDEX job_waiting_for ON job (after_job) WHERE state = 'blocked';
        CREATE INDEX job_done_before ON job (uniq, number) WHERE state = 'succeeded';

        DROP TRIGGER job_counted_in;
        DROP TRIGGER job_begins;
        DROP TRIGGER job_moves;
        CREATE TRIGGER job_moves BEFORE UPDATE OF state ON job
        WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
            'scheduled>ready', 'blocked>ready', 'blocked>scheduled', 'blocked>failed', 'ready>running',
            'running>finalizing', 'running>ready', 'running>paused', 'running>retrying',
            'running>failed', 'running>cancelled', 'running>succeeded',
            'finalizing>succeeded', 'finalizing>ready', 'finalizing>failed', 'finalizing>running',
            'retrying>ready', 'retrying>running', 'paused>ready', 'ready>paused',
            'scheduled>paused', 'retrying>paused', 'blocked>paused',
            'paused>scheduled', 'paused>blocked',
            'failed>ready', 'cancelled>ready', 'succeeded>ready', 'failed>blocked',
            'cancelled>blocked',
            'scheduled>cancelled', 'ready>cancelled', 'paused>cancelled',
            'blocked>cancelled', 'retrying>cancelled') BEGIN
            SELECT RAISE(ABORT, 'a job cannot make this move');
        END;
        """
}
