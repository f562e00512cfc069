import ADMModel
import GRDB

/// What becomes of rows that cannot be read: nobody has to wait for them, and they stay as they are
/// but for their state.
extension JobTransaction {
    /// Does something with one job; if that cannot be read, or contradicts itself, it is set aside and
    /// nobody else is affected.
    ///
    /// - Returns: The events of what was given up.
    func isolating(_ number: Int64, _ body: () throws -> Void) throws -> [JobEvent] {
        do {
            try body()
            return []
        } catch let problem as UnreadableRow {
            return try setAside(problem)
        } catch let error as DatabaseError where JobTransaction.isFaultOfRow(error) {
            let reason = "its columns contradict each other (\(error.message ?? "no reason"))"
            let problem = UnreadableRow(job: number, reason: reason)
            return try setAside(problem)
        }
    }

    /// Whether a statement about one job failed for what is in its row.
    ///
    /// That is a number that overflows, or columns that do not go together. The counters have checks of
    /// their own.
    private static func isFaultOfRow(_ error: DatabaseError) -> Bool {
        [.SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_DATATYPE].contains(error.extendedResultCode)
            && error.message?.hasSuffix(" n >= 0") != true
    }

    /// Gives up a job that cannot be read and that waits, runs or is being finalized, so that it is not
    /// in the way of others; it fails as `databaseDamaged`.
    ///
    /// What else its row holds is not looked at, nor is it held against the row now.
    private func setAside(_ problem: UnreadableRow) throws -> [JobEvent] {
        guard let row = try JobRecord.row(problem.job, in: database) else { return [] }
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        // Whatever its state is: nobody runs it, or waits for it in the foreground.
        try database.execute(
            sql: "UPDATE job SET owner = NULL, attendant = NULL, intent = NULL WHERE number = ?",
            arguments: [problem.job]
        )
        return try move(
            StoredEvent.Subject(JobRecord.light(row, problem)),
            from: [.scheduled, .ready, .retrying, .blocked, .running, .finalizing],
            to: .failed,
            set: [.failure: .value(try StoredJSON.text(problem.failure))],
            event: .failed(problem.failure)
        ) ?? []
    }
}

extension StoredEvent.Subject {
    /// A job of which only the number may be known.
    init(_ job: UnreadableJob) {
        let unknown = String(repeating: "0", count: 26)
        self.init(
            id: job.id ?? JobID(unknown) ?? JobID(),
            number: job.number,
            url: job.url ?? ""
        )
    }
}
