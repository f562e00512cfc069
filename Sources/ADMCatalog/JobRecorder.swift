package import ADMModel
package import Foundation
import GRDB

/// What the executor of a job records while bytes arrive.
package struct JobRecorder: Sendable {
    let database: WorkspaceDatabase

    /// Records what the server said before the first byte, with an event `download.started`.
    ///
    /// Call it in each attempt. It takes the file name for this job; if another unfinished job
    /// has it in the same directory, choose another one and call again.
    package func recordHead(
        _ claim: Claim,
        _ head: RemoteFile,
        fileName: String,
        now: Date = Date()
    ) async throws(Failure) -> NameOutcome {
        try await database.commitInGroup(.process) { database in
            guard try !JobRecord.isTaken(fileName, from: claim.job, in: database) else {
                return .nameTaken
            }
            var values = JobValues(of: head)
            values[.fileName] = .value(fileName)
            values[.bytesTotal] = .value(head.validators.length)
            let jobs = JobTransaction(database, at: now)
            guard try jobs.update(claim, set: values) else { return .lost }
            let kind = JobEvent.Kind.started(totalBytes: head.validators.length)
            return .recorded([try StoredEvent.append(kind, of: claim.job, at: now, to: database)])
        }
    }

    /// Records which bytes are safely on disk; false if the claim is not valid any more.
    ///
    /// Call it only after those bytes were synced. `transferSeconds` counts all attempts. Progress
    /// forgives earlier recoveries.
    package func checkpoint(
        _ claim: Claim,
        segments: SegmentMap,
        bytesDone: Int64,
        transferSeconds: Double,
        now: Date = Date()
    ) async throws(Failure) -> Bool {
        try await database.commitInGroup(.process) { database in
            let isRecorded = try JobTransaction(database, at: now).update(
                claim,
                set: [
                    .bytesDone: .value(bytesDone), .transferSeconds: .value(transferSeconds),
                    .recoveries: .sql("iif(:bytes_done > bytes_done, 0, recoveries)"),
                    .retries: .sql("iif(:bytes_done > best_done, 0, retries)"),
                    .bestDone: .sql("max(:bytes_done, best_done)"),
                ]
            )
            if isRecorded { try JobRecord.store(segments, of: claim.number, in: database) }
            return isRecorded
        }
    }

    /// Forgets all bytes and validators, because the file changed on the server or its partial
    /// file is not to be trusted; false if the claim is not valid any more.
    ///
    /// A job in `finalizing` becomes `running` again.
    package func restart(_ claim: Claim, now: Date = Date()) async throws(Failure) -> Bool {
        try await database.write(.process) { database in
            let events = try JobTransaction(database, at: now).move(
                claim,
                from: [.running, .finalizing],
                to: .running,
                set: [
                    .bytesDone: .value(0), .bytesTotal: .null, .etag: .null, .lastModified: .null,
                    .lastModifiedIsStrong: .value(0), .verification: .null,
                ]
            )
            if events != nil { try JobRecord.forgetSegments(of: claim.number, in: database) }
            return events != nil
        }
    }

    /// Announces that a digest is being computed, with an event `download.validating`; nil if
    /// the claim is not valid any more.
    package func validating(
        _ claim: Claim,
        algorithm: DigestAlgorithm,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await announce(.validating(algorithm: algorithm), of: claim, at: now)
    }

    /// Announces that wrong pieces are fetched again, with an event `download.repairing`; nil if the
    /// claim is not valid any more.
    package func repairing(
        _ claim: Claim,
        pieces: Int,
        bytes: Int64,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await announce(.repairing(pieces: pieces, bytes: bytes), of: claim, at: now)
    }

    private func announce(
        _ kind: JobEvent.Kind,
        of claim: Claim,
        at now: Date
    ) async throws(Failure) -> [JobEvent]? {
        try await database.commitInGroup(.process) { database in
            guard try JobTransaction(database, at: now).update(claim) else { return nil }
            return [try StoredEvent.append(kind, of: claim.job, at: now, to: database)]
        }
    }

    /// Records, before the move to the final name, what is moved and where to.
    ///
    /// The partial file must be whole, verified and synced: from now on the size says which bytes are on
    /// disk, and none is fetched again whatever happens next. Call it again with another name if
    /// the destination turned out to exist. What the server said is recorded with it if that was
    /// not done before, as for a small file whose bytes came with the first answer.
    package func finalizing(
        _ claim: Claim,
        target: FinalTarget,
        verification: Verification?,
        head: RemoteFile? = nil,
        now: Date = Date()
    ) async throws(Failure) -> NameOutcome {
        let move = FinalMove(claim, to: target, verification, head: head)
        return try await database.commitInGroup(.power) { try move.record(at: now, in: $0) }
    }

    /// Records many moves at once, each as ``finalizing(_:target:verification:head:now:)`` does.
    package func finalizing(
        _ moves: [FinalMove],
        now: Date = Date()
    ) async -> [Result<NameOutcome, Failure>] {
        await database.commitInGroup(
            .power,
            each: moves.map { move in { try move.record(at: now, in: $0) } }
        )
    }
}
