/// Allows the moves that took a detour before: a ready job gets a later time, and a job that waits is given
/// up because its row cannot be read.
enum AllowMoves: Migration {
    static let version = 8

    static let statements = """
        DROP TRIGGER job_moves;
        CREATE TRIGGER job_moves BEFORE UPDATE OF state ON job
        WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
            'scheduled>ready', 'blocked>ready', 'blocked>scheduled', 'blocked>failed', 'ready>running',
            'ready>scheduled', 'scheduled>failed', 'ready>failed', 'retrying>failed',
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
