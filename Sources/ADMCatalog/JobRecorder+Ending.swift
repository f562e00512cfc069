package import ADMModel
package import Foundation
import GRDB

/// How the executor of a job gives it up; each answers nil where the claim is not valid any more.
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
        try await database.commitInGroup(.power) { database in
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET state = 'succeeded', owner = NULL, attendant = NULL,
                        delivered_inode = target_inode, failure = NULL, target_device = NULL, target_inode = NULL, target_size = NULL,
                        bytes_done = :total, bytes_total = :total, verification = :verification,
                        transfer_seconds = max(transfer_seconds, :seconds),
                        finished_at = :now, updated_at = :now
                    WHERE number = :number AND state = 'finalizing' AND epoch = :epoch
                    """
            )
            try update.execute(arguments: [
                "total": completion.totalBytes, "seconds": claim.job.transferSeconds,
                "verification": try StoredJSON.text(ifPresent: completion.verification),
                "now": now.milliseconds, "number": claim.number, "epoch": claim.epoch,
            ])
            guard database.changesCount == 1 else { return nil }
            try JobRow.forgetSegments(of: claim.number, in: database)
            let kind = JobEvent.Kind.completed(completion)
            return try [StoredEvent.append(kind, of: claim.job, at: now, to: database)]
                + JobMoves.settleDependents(
                    of: claim.number,
                    didSucceed: true,
                    at: now,
                    in: database
                )
        }
    }

    /// There was nothing to do: `running` to `succeeded`, with an event `download.skipped`.
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
            try database.execute(
                sql: """
                    UPDATE job SET state = 'succeeded', owner = NULL, intent = NULL,
                        failure = NULL, file_name = coalesce(?, file_name), finished_at = ?,
                        updated_at = ?
                    WHERE number = ? AND state = 'running' AND epoch = ?
                    """,
                arguments: [
                    name, now.milliseconds, now.milliseconds, claim.number, claim.epoch,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            try JobRow.forgetSegments(of: claim.number, in: database)
            let kind = JobEvent.Kind.skipped(reason: reason, destinationPath: destination)
            return try [StoredEvent.append(kind, of: claim.job, at: now, to: database)]
                + JobMoves.settleDependents(
                    of: claim.number,
                    didSucceed: true,
                    at: now,
                    in: database
                )
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
            try database.execute(
                sql: """
                    UPDATE job SET state = 'failed', owner = NULL, intent = NULL, failure = ?,
                        transfer_seconds = max(transfer_seconds, ?), target_device = NULL, target_inode = NULL, target_size = NULL,
                        finished_at = ?, updated_at = ?
                    WHERE number = ? AND state IN ('running', 'finalizing') AND epoch = ?
                    """,
                arguments: [
                    try StoredJSON.text(failure), claim.job.transferSeconds, now.milliseconds,
                    now.milliseconds, claim.number, claim.epoch,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            try JobRecorder.record(failure, of: claim, at: now, in: database)
            return try [StoredEvent.append(.failed(failure), of: claim.job, at: now, to: database)]
                + JobMoves.settleDependents(
                    of: claim.number,
                    didSucceed: false,
                    at: now,
                    in: database
                )
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
            try database.execute(
                sql: """
                    UPDATE job SET state = 'retrying', owner = NULL, intent = NULL,
                        failure = :failure, run_at = :due, sort_key = :due - priority * :aging,
                        recoveries = iif(recoveries >= :trial, 0, recoveries),
                        transfer_seconds = max(transfer_seconds, :seconds),
                        retries = :retry, updated_at = :now
                    WHERE number = :number AND state = 'running' AND epoch = :epoch
                    """,
                arguments: [
                    "failure": try StoredJSON.text(failure), "due": runAt.milliseconds,
                    "retry": retry, "trial": Recovery.onTrial, "aging": JobQueue.agingPerPriority,
                    "now": now.milliseconds, "seconds": claim.job.transferSeconds,
                    "number": claim.number, "epoch": claim.epoch,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            try JobRecorder.record(failure, of: claim, at: now, in: database)
            let kind = JobEvent.Kind.retrying(
                retry: retry,
                maxRetries: maxRetries,
                delaySeconds: max(0, runAt.timeIntervalSince(now)),
                error: failure
            )
            return [try StoredEvent.append(kind, of: claim.job, at: now, to: database)]
        }
    }

    /// It is held until somebody resumes it: `running` to `paused`, with an event
    /// `download.paused`.
    ///
    /// `failure` says why where nobody asked for it, for example because the disk is full.
    package func paused(
        _ claim: Claim,
        by cause: PauseCause,
        failure: Failure? = nil,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.process) { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'paused', owner = NULL, intent = NULL, paused_by = ?,
                        failure = coalesce(?, failure), attempt = max(0, attempt - ?),
                        transfer_seconds = max(transfer_seconds, ?), updated_at = ?
                    WHERE number = ? AND state = 'running' AND epoch = ?
                    """,
                arguments: [
                    cause.rawValue, try StoredJSON.text(ifPresent: failure), failure == nil ? 1 : 0,
                    claim.job.transferSeconds, now.milliseconds, claim.number, claim.epoch,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            if let failure { try JobRecorder.record(failure, of: claim, at: now, in: database) }
            return [
                try StoredEvent.append(.paused(by: cause), of: claim.job, at: now, to: database)
            ]
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
            try database.execute(
                sql: """
                    UPDATE job SET state = 'ready',
                        owner = NULL, intent = NULL, attempt = max(0, attempt - 1),
                        recoveries = min(recoveries, :suspicion), target_device = NULL, target_inode = NULL, target_size = NULL,
                        transfer_seconds = max(transfer_seconds, :seconds), updated_at = :now
                    WHERE number = :number AND state IN ('running', 'finalizing')
                        AND epoch = :epoch
                    """,
                arguments: [
                    "now": now.milliseconds, "number": claim.number,
                    "seconds": claim.job.transferSeconds,
                    "epoch": claim.epoch, "suspicion": Recovery.suspicion,
                ]
            )
            return database.changesCount == 1 ? [] : nil
        }
    }

    /// The executor obeys a cancel intent: `running` to `cancelled`, with an event
    /// `download.cancelled`.
    package func cancelled(
        _ claim: Claim,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.power) { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'cancelled', owner = NULL, intent = NULL,
                        transfer_seconds = max(transfer_seconds, ?), finished_at = ?, updated_at = ?
                    WHERE number = ? AND state = 'running' AND epoch = ?
                    """,
                arguments: [
                    claim.job.transferSeconds, now.milliseconds, now.milliseconds, claim.number,
                    claim.epoch,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            let kind = JobEvent.Kind.cancelled(from: .running)
            return try [StoredEvent.append(kind, of: claim.job, at: now, to: database)]
                + JobMoves.settleDependents(
                    of: claim.number,
                    didSucceed: false,
                    at: now,
                    in: database
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
        // Whoever wrote nonsense there loses the list, not the job.
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
