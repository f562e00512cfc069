package import ADMModel
package import Foundation
import GRDB

/// How the executor of a job gives it up; each answers nil if the claim is not valid any more.
///
/// Nobody waits in the foreground for a job that has ended or is held: the queue may have it, whoever lets it
/// continue.
///
/// The seconds of the claim's job are recorded with it: those of all attempts, the present one too.
extension JobRecorder {
    /// The file is under its final name and its directory is synced: `finalizing` to `succeeded`,
    /// with an event `download.completed`.
    package func succeeded(
        _ claim: Claim,
        completion: JobEvent.Completion,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.commitInGroup(.power) {
            try JobRecorder.succeed(claim, completion, at: now, in: $0)
        }
    }

    /// Records many ends at once, each as ``succeeded(_:completion:now:)`` does.
    package func succeeded(
        _ ends: [(claim: Claim, completion: JobEvent.Completion)],
        now: Date = Date()
    ) async -> [Result<[JobEvent]?, Failure>] {
        await database.commitInGroup(
            .power,
            each: ends.map { end in
                { try JobRecorder.succeed(end.claim, end.completion, at: now, in: $0) }
            }
        )
    }

    private static func succeed(
        _ claim: Claim,
        _ completion: JobEvent.Completion,
        at now: Date,
        in database: Database
    ) throws -> [JobEvent]? {
        let events = try JobTransaction(database, at: now).move(
            claim,
            from: [.finalizing],
            to: .succeeded,
            set: [
                .attendant: .null, .deliveredInode: .sql("target_inode"), .failure: .null,
                .bytesDone: .value(completion.totalBytes),
                .bytesTotal: .value(completion.totalBytes),
                .verification: .value(try StoredJSON.text(ifPresent: completion.verification)),
            ],
            event: .completed(completion)
        )
        if events != nil { try JobRecord.forgetSegments(of: claim.number, in: database) }
        return events
    }

    /// There was nothing to do: `running` or `finalizing` to `succeeded`, with an event `download.skipped`.
    ///
    /// `reason` is a word such as `file_exists`.
    package func skipped(
        _ claim: Claim,
        reason: String,
        destination: String?,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        let prefix = claim.job.directory + "/"
        let name = destination.flatMap { path in
            path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
        }
        return try await database.write(.power) { database in
            let events = try JobTransaction(database, at: now).move(
                claim,
                from: [.running, .finalizing],
                to: .succeeded,
                set: [
                    .attendant: .null, .failure: .null,
                    .fileName: .sql("coalesce(:file_name, file_name)", name),
                ],
                event: .skipped(reason: reason, destinationPath: destination)
            )
            if events != nil { try JobRecord.forgetSegments(of: claim.number, in: database) }
            return events
        }
    }

    /// It cannot be done: `running` or `finalizing` to `failed`, with an event `download.failed`.
    ///
    /// Its bytes are kept for a later resume.
    package func failed(
        _ claim: Claim,
        failure: Failure,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.power) { database in
            let events = try JobTransaction(database, at: now).move(
                claim,
                from: [.running, .finalizing],
                to: .failed,
                set: [.attendant: .null, .failure: .value(try StoredJSON.text(failure))],
                event: .failed(failure)
            )
            if events != nil {
                try JobRecorder.record(failure, of: claim, at: now, in: database)
            }
            return events
        }
    }

    /// It will be tried again: `running` to `retrying` until `runAt`, with an event
    /// `download.retrying`.
    ///
    /// `retry` counts from 1.
    package func retrying(
        _ claim: Claim,
        failure: Failure,
        retry: Int,
        maxRetries: Int,
        runAt: Date,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.process) { database in
            let events = try JobTransaction(database, at: now).move(
                claim,
                from: [.running],
                to: .retrying,
                set: [
                    .failure: .value(try StoredJSON.text(failure)),
                    .runAt: .value(runAt.milliseconds), .sortKey: JobQueue.sortKey(":run_at"),
                    .recoveries: .sql(
                        "iif(recoveries >= :recoveries, 0, recoveries)",
                        Recovery.onTrial
                    ),
                    .retries: .value(retry),
                ],
                event: .retrying(
                    retry: retry,
                    maxRetries: maxRetries,
                    delaySeconds: max(0, runAt.timeIntervalSince(now)),
                    error: failure
                )
            )
            if events != nil {
                try JobRecorder.record(failure, of: claim, at: now, in: database)
            }
            return events
        }
    }

    /// It is held until somebody resumes it: `running` to `paused`, with an event
    /// `download.paused`.
    ///
    /// `failure` says why if nobody asked for it, for example because the disk is full.
    package func paused(
        _ claim: Claim,
        by cause: PauseCause,
        failure: Failure? = nil,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.process) { database in
            let events = try JobTransaction(database, at: now).move(
                claim,
                from: [.running],
                to: .paused,
                set: [
                    .attendant: .null, .pausedBy: .value(cause.rawValue),
                    .failure: .sql(
                        "coalesce(:failure, failure)",
                        try StoredJSON.text(ifPresent: failure)
                    ),
                    .attempt: .sql("max(0, attempt - :attempt)", failure == nil ? 1 : 0),
                ],
                event: .paused(by: cause)
            )
            if events != nil, let failure {
                try JobRecorder.record(failure, of: claim, at: now, in: database)
            }
            return events
        }
    }

    /// The executor has to stop for a reason that is not the job's: `running` or `finalizing` to
    /// `ready`; the attempt does not count and there is no event.
    ///
    /// It keeps its place in the queue: it was first, so it is first again.
    package func interrupted(
        _ claim: Claim,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.process) { database in
            try JobTransaction(database, at: now).move(
                claim,
                from: [.running, .finalizing],
                to: .ready,
                set: [
                    .attempt: .sql("max(0, attempt - 1)"),
                    .recoveries: .sql("min(recoveries, :recoveries)", Recovery.suspicion),
                ]
            )
        }
    }

    /// The executor obeys a cancel intent: `running` to `cancelled`, with an event
    /// `download.cancelled`.
    package func cancelled(
        _ claim: Claim,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.power) { database in
            try JobTransaction(database, at: now).move(
                claim,
                from: [.running],
                to: .cancelled,
                set: [.attendant: .null],
                event: .cancelled(from: .running)
            )
        }
    }

    /// Keeps the failure among the job's last twenty.
    private static func record(
        _ failure: Failure,
        of claim: Claim,
        at now: Date,
        in database: Database
    ) throws {
        let last = try Int64.fetchOne(
            database,
            sql: "SELECT max(ordinal) FROM job_error WHERE job = ?",
            arguments: [claim.number]
        )
        // If nonsense was written there, the list is lost, not the job.
        let isKnown = StoredNumbers.number.contains(max(1, last ?? 1))
        if !isKnown {
            try database.execute(
                sql: "DELETE FROM job_error WHERE job = ?",
                arguments: [claim.number]
            )
        }
        let ordinal = isKnown ? (last ?? 0) + 1 : 1
        try database.execute(
            sql:
                "INSERT INTO job_error (job, ordinal, attempt, at, failure) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                claim.number, ordinal, claim.job.attempts, now.milliseconds,
                try StoredJSON.text(failure),
            ]
        )
        try database.execute(
            sql: "DELETE FROM job_error WHERE job = ? AND ordinal <= ?",
            arguments: [claim.number, ordinal - 20]
        )
    }
}
