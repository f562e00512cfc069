/// Jobs with their segments, errors, events and counters.
///
/// - `job` holds short columns first, so that a scan of the hot ones rarely touches the text.
/// - `sort_key` is `run_at − priority × 600000`: a step of priority is worth ten minutes of waiting,
///   and the order never changes while a job waits, so that the next job is the first index entry.
///   Queries for the next and the due jobs name `job_next` and `job_due` with INDEXED BY: without
///   statistics SQLite prefers `job_by_state` and sorts.
/// - `epoch` grows with every change of the executor; each write of an executor names its epoch.
/// - `owner` is the holder that executes the job; set exactly while it runs or is being finalized.
/// - Numbers are never used twice (AUTOINCREMENT), nor are those of events, even after a removal.
/// - Times are milliseconds since 1970 in UTC.
/// - Texts of JSON are only checked for their braces: SQLite 3.40 takes `json_valid` for unsafe in
///   a schema that is not trusted.
enum CreateJobs: Migration {
    static let version = 1

    static let statements = """
        PRAGMA application_id = 0x41444D6A;

        CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE job (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
            state TEXT NOT NULL CHECK (state IN (
                'scheduled', 'ready', 'running', 'finalizing', 'succeeded',
                'paused', 'retrying', 'blocked', 'failed', 'cancelled')),
            intent TEXT CHECK (intent IN ('pause', 'cancel', 'yield')),
            sort_key INTEGER NOT NULL,
            run_at INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
            owner TEXT,
            attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
            recoveries INTEGER NOT NULL DEFAULT 0 CHECK (recoveries >= 0),
            bytes_done INTEGER NOT NULL DEFAULT 0 CHECK (bytes_done >= 0),
            bytes_total INTEGER CHECK (bytes_total >= 0),
            transfer_seconds REAL NOT NULL DEFAULT 0 CHECK (transfer_seconds >= 0),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            last_modified_is_strong INTEGER NOT NULL DEFAULT 0
                CHECK (last_modified_is_strong IN (0, 1)),
            target_device INTEGER,
            target_inode INTEGER,
            target_size INTEGER CHECK (target_size >= 0),
            host TEXT NOT NULL,
            url TEXT NOT NULL,
            final_url TEXT,
            directory TEXT NOT NULL CHECK (directory LIKE '/%'),
            file_name TEXT CHECK (file_name <> '' AND file_name NOT LIKE '%/%'),
            etag TEXT,
            last_modified TEXT,
            verification TEXT CHECK (verification LIKE '{%}'),
            failure TEXT CHECK (failure LIKE '{%}'),
            uniq TEXT NOT NULL,
            withheld TEXT NOT NULL CHECK (withheld LIKE '[%]'),
            request TEXT NOT NULL CHECK (request LIKE '{%}'),
            CHECK ((owner IS NOT NULL) = (state IN ('running', 'finalizing'))),
            CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
            CHECK (intent IS NULL OR state = 'running'),
            CHECK ((target_device IS NOT NULL) = (state = 'finalizing')),
            CHECK ((target_inode IS NOT NULL) = (state = 'finalizing')),
            CHECK ((target_size IS NOT NULL) = (state = 'finalizing')),
            CHECK (file_name IS NOT NULL OR state <> 'finalizing')
        ) STRICT;

        CREATE INDEX job_by_state ON job (state, number);
        CREATE INDEX job_next ON job (sort_key, number) WHERE state = 'ready';
        CREATE INDEX job_due ON job (run_at, number) WHERE state IN ('scheduled', 'retrying');
        CREATE INDEX job_owned ON job (owner) WHERE owner IS NOT NULL;
        CREATE INDEX job_finished ON job (state, finished_at, number)
            WHERE finished_at IS NOT NULL;
        CREATE UNIQUE INDEX job_once ON job (uniq)
            WHERE state NOT IN ('succeeded', 'failed', 'cancelled');
        CREATE INDEX job_again ON job (uniq, number)
            WHERE state IN ('failed', 'cancelled') AND bytes_done > 0;
        CREATE UNIQUE INDEX job_destination ON job (directory, file_name)
            WHERE file_name IS NOT NULL AND state NOT IN ('succeeded', 'failed', 'cancelled');

        CREATE TABLE segment (
            job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
            first INTEGER NOT NULL CHECK (first >= 0),
            past INTEGER NOT NULL CHECK (past > first),
            PRIMARY KEY (job, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE job_error (
            job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            at INTEGER NOT NULL,
            failure TEXT NOT NULL CHECK (failure LIKE '{%}'),
            PRIMARY KEY (job, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            number INTEGER NOT NULL,
            job TEXT NOT NULL,
            type TEXT NOT NULL,
            at INTEGER NOT NULL,
            payload TEXT NOT NULL CHECK (payload LIKE '{%}')
        ) STRICT;

        CREATE TABLE counter (
            state TEXT NOT NULL PRIMARY KEY,
            n INTEGER NOT NULL CHECK (n >= 0)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO counter (state, n) VALUES
            ('scheduled', 0), ('ready', 0), ('running', 0), ('finalizing', 0), ('succeeded', 0),
            ('paused', 0), ('retrying', 0), ('blocked', 0), ('failed', 0), ('cancelled', 0);

        CREATE TRIGGER job_counted_in AFTER INSERT ON job BEGIN
            UPDATE counter SET n = n + 1 WHERE state = NEW.state;
        END;

        CREATE TRIGGER job_counted_out AFTER DELETE ON job BEGIN
            UPDATE counter SET n = n - 1 WHERE state = OLD.state;
        END;

        CREATE TRIGGER job_counted_over AFTER UPDATE OF state ON job
        WHEN NEW.state <> OLD.state BEGIN
            UPDATE counter SET n = n - 1 WHERE state = OLD.state;
            UPDATE counter SET n = n + 1 WHERE state = NEW.state;
        END;

        CREATE TRIGGER job_begins BEFORE INSERT ON job
        WHEN NEW.state NOT IN ('scheduled', 'ready', 'blocked') BEGIN
            SELECT RAISE(ABORT, 'a job cannot begin in this state');
        END;

        CREATE TRIGGER job_moves BEFORE UPDATE OF state ON job
        WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
            'scheduled>ready', 'blocked>ready', 'blocked>failed', 'ready>running',
            'running>finalizing', 'running>ready', 'running>paused', 'running>retrying',
            'running>failed', 'running>cancelled', 'running>succeeded',
            'finalizing>succeeded', 'finalizing>ready', 'finalizing>failed', 'finalizing>running',
            'retrying>ready', 'retrying>running', 'paused>ready', 'ready>paused',
            'scheduled>paused', 'retrying>paused', 'blocked>paused',
            'failed>ready', 'cancelled>ready', 'succeeded>ready',
            'scheduled>cancelled', 'ready>cancelled', 'paused>cancelled',
            'blocked>cancelled', 'retrying>cancelled') BEGIN
            SELECT RAISE(ABORT, 'a job cannot make this move');
        END;

        CREATE TRIGGER job_epoch_grows BEFORE UPDATE OF epoch ON job
        WHEN NEW.epoch < OLD.epoch BEGIN
            SELECT RAISE(ABORT, 'an epoch cannot shrink');
        END;
        """
}
