package import ADMModel
package import Foundation
import GRDB

/// What becomes of the jobs of processes that died.
extension JobControl {
    /// Takes back the jobs of processes that died.
    ///
    /// A running one becomes `ready` (or what somebody had asked of it), keeps its bytes up to the
    /// last checkpoint, and counts one recovery. One in `finalizing` is only reported: take it
    /// with ``claimFinalizing(number:owner:now:)``. Nothing is written if nobody died.
    package func recover(now: Date = Date()) async throws(Failure) -> Recovery {
        let (owners, waiting) = try await database.read { database in
            (
                try String.fetchAll(database, sql: JobQuery.owners),
                try String.fetchAll(database, sql: JobQuery.foregroundOwners)
            )
        }
        let dead = owners.filter { !liveness.isAlive($0) }
        let absent = waiting.filter { !liveness.isAlive($0) }
        guard !dead.isEmpty || !absent.isEmpty else { return Recovery() }
        return try await database.write(.process) { database in
            let jobs = JobTransaction(database, at: now)
            var recovery = Recovery()
            for owner in absent {
                try database.execute(
                    sql: "UPDATE job SET attendant = NULL WHERE attendant = ?",
                    arguments: [owner]
                )
            }
            for owner in dead {
                for row in try Row.fetchAll(database, sql: JobQuery.owned, arguments: [owner]) {
                    var recovered = recovery
                    let given = try jobs.isolating(row.decode(at: .number)) {
                        try JobControl.recover(row, in: jobs, into: &recovered)
                        recovery = recovered
                    }
                    recovery.events += given
                }
            }
            return recovery
        }
    }

    private static func recover(
        _ row: Row,
        in jobs: JobTransaction,
        into recovery: inout Recovery
    ) throws {
        let job = try JobRecord.job(from: row)
        let subject = StoredEvent.Subject(job)
        let intent: String? = try row.decode(at: .intent)
        switch (job.state, intent.flatMap(JobIntent.init)) {
        case (.finalizing, _): recovery.finalizing.append(job.number)
        case (_, .cancel):
            recovery.cancelled.append(job.number)
            recovery.events += try jobs.cancel(subject, from: .running)
        case (_, .pause):
            recovery.paused.append(job.number)
            var values = recovered
            values[.pausedBy] = .value(PauseCause.person.rawValue)
            _ = try jobs.move(job.number, from: [.running], to: .paused, set: values)
        case (_, .yield), (_, nil):
            // Only a job that ran alone can have been the one that killed the process.
            let recoveries: Int = try row.decode(at: .recoveries)
            if recoveries >= Recovery.onTrial {
                recovery.poisoned.append(job.number)
                recovery.events += try poison(subject, in: jobs)
            } else {
                recovery.ready.append(job.number)
                _ = try jobs.move(job.number, from: [.running], to: .ready, set: recovered)
            }
        }
    }

    /// One more process has died with the job.
    private static var recovered: JobValues {
        [.recoveries: .sql("min(recoveries + 1, :recoveries)", Recovery.suspicion)]
    }

    /// Gives up a job whose process died again and again without any progress.
    private static func poison(
        _ job: StoredEvent.Subject,
        in jobs: JobTransaction
    ) throws -> [JobEvent] {
        let failure = Failure(
            .poison,
            "the process that fetched job \(job.number) died again and again without any progress, the"
                + " last time while it ran nothing else",
            hint: "adm queue retry \(job.number) tries it again"
        )
        return try jobs.move(
            job,
            from: [.running],
            to: .failed,
            set: [.failure: .value(try StoredJSON.text(failure))],
            event: .failed(failure)
        ) ?? []
    }

    /// Takes a job whose owner died while the file was on the way to its final name; nil if it
    /// is not in `finalizing` or its owner lives.
    ///
    /// With `includingOwn` one of this owner is taken too, whose run must have ended.
    ///
    /// The job stays in `finalizing`, the epoch grows by one, and the claim says where the file
    /// was going.
    package func claimFinalizing(
        number: Int64,
        owner: String,
        includingOwn: Bool = false,
        now: Date = Date()
    ) async throws(Failure) -> Claim? {
        try await database.write(.process) { [liveness] database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT owner FROM job WHERE number = ? AND state = 'finalizing'",
                arguments: [number]
            )
            guard let former else { return nil }
            let isOwn = includingOwn && former == owner
            guard isOwn || !liveness.isAlive(former) else { return nil }
            let jobs = JobTransaction(database, at: now)
            var claim: Claim?
            _ = try jobs.isolating(number) {
                // Before the statement calculates with what is in it.
                _ = try JobRecord.row(number, in: database).map(JobRecord.job)
                var values = JobControl.recovered
                values[.owner] = .value(owner)
                values[.epoch] = .sql("epoch + 1")
                guard try jobs.update(number, in: [.finalizing], set: values) else { return }
                claim = try JobRecord.row(number, in: database).map {
                    var reader = ClaimReader()
                    return try reader.claim(from: $0, in: database)
                }
            }
            return claim
        }
    }
}
