package import ADMModel
package import Foundation
import GRDB

/// What the executor of a job records while bytes arrive.
extension Catalog {
    /// Records what the server said before the first byte, with an event `download.started`.
    ///
    /// Call it in each attempt. It takes the file name for this job; where another unfinished job
    /// has it in the same directory, choose another one and call again.
    package func recordHead(
        _ claim: Claim,
        finalURL: SourceURL,
        validators: Validators,
        fileName: String,
        total: Int64?,
        now: Date = Date()
    ) throws(Failure) -> NameOutcome {
        try write(.process) { database in
            guard try !Catalog.isTaken(fileName, from: claim.job, in: database) else {
                return .nameTaken
            }
            let length = total ?? validators.length
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET final_url = ?, file_name = ?, bytes_total = ?, etag = ?,
                        last_modified = ?, last_modified_is_strong = ?, updated_at = ?
                    WHERE number = ? AND state = 'running' AND epoch = ?
                    """
            )
            try update.execute(arguments: [
                finalURL.string, fileName, length, validators.entityTag, validators.lastModified,
                validators.lastModifiedIsStrong, now.milliseconds, claim.number, claim.epoch,
            ])
            guard database.changesCount == 1 else { return .lost }
            let kind = JobEvent.Kind.started(totalBytes: length)
            return .recorded([
                try StoredEvent.append(kind, of: claim.job, at: now, to: database)
            ])
        }
    }

    /// Records which bytes are safely on disk; false where the claim is not valid any more.
    ///
    /// Call it only after those bytes were synced. `transferSeconds` counts all attempts. Progress
    /// forgives earlier recoveries.
    package func checkpoint(
        _ claim: Claim,
        segments: SegmentMap,
        bytesDone: Int64,
        transferSeconds: Double,
        now: Date = Date()
    ) throws(Failure) -> Bool {
        try write(.process) { database in
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET bytes_done = :done, transfer_seconds = :seconds,
                        recoveries = iif(:done > bytes_done, 0, recoveries),
                        retries = iif(:done > best_done, 0, retries),
                        best_done = max(:done, best_done), updated_at = :now
                    WHERE number = :number AND state = 'running' AND epoch = :epoch
                    """
            )
            try update.execute(arguments: [
                "done": bytesDone, "seconds": transferSeconds, "now": now.milliseconds,
                "number": claim.number, "epoch": claim.epoch,
            ])
            guard database.changesCount == 1 else { return false }
            try Catalog.forgetSegments(of: claim.number, in: database)
            let insert = try database.cachedStatement(
                sql: "INSERT INTO segment (job, first, past) VALUES (?, ?, ?)"
            )
            for range in segments.ranges {
                try insert.execute(arguments: [claim.number, range.start, range.end])
            }
            return true
        }
    }

    /// Forgets all bytes and validators, because the file changed on the server or its partial
    /// file is not to be trusted; false where the claim is not valid any more.
    ///
    /// A job in `finalizing` becomes `running` again.
    package func restart(_ claim: Claim, now: Date = Date()) throws(Failure) -> Bool {
        try write(.process) { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'running', bytes_done = 0, bytes_total = NULL,
                        etag = NULL, last_modified = NULL, last_modified_is_strong = 0,
                        verification = NULL, target_device = NULL, target_inode = NULL,
                        target_size = NULL, updated_at = ?
                    WHERE number = ? AND state IN ('running', 'finalizing') AND epoch = ?
                    """,
                arguments: [now.milliseconds, claim.number, claim.epoch]
            )
            guard database.changesCount == 1 else { return false }
            try Catalog.forgetSegments(of: claim.number, in: database)
            return true
        }
    }

    /// Announces that a digest is being computed, with an event `download.validating`; nil where
    /// the claim is not valid any more.
    package func validating(
        _ claim: Claim,
        algorithm: DigestAlgorithm,
        now: Date = Date()
    ) throws(Failure) -> [JobEvent]? {
        try write(.process) { database in
            try database.execute(
                sql: """
                    UPDATE job SET updated_at = ?
                    WHERE number = ? AND state = 'running' AND epoch = ?
                    """,
                arguments: [now.milliseconds, claim.number, claim.epoch]
            )
            guard database.changesCount == 1 else { return nil }
            let kind = JobEvent.Kind.validating(algorithm: algorithm)
            return [try StoredEvent.append(kind, of: claim.job, at: now, to: database)]
        }
    }

    /// Records, before the move to the final name, what is moved and where to.
    ///
    /// The partial file must be whole, verified and synced. Call it again with another name where
    /// the destination turned out to exist.
    package func finalizing(
        _ claim: Claim,
        target: FinalTarget,
        verification: Verification?,
        now: Date = Date()
    ) throws(Failure) -> NameOutcome {
        try write(.power) { database in
            guard try !Catalog.isTaken(target.fileName, from: claim.job, in: database) else {
                return .nameTaken
            }
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET state = 'finalizing', intent = NULL, file_name = :name,
                        target_device = :device, target_inode = :inode, target_size = :size,
                        bytes_done = :size, bytes_total = :size, verification = :verification,
                        updated_at = :now
                    WHERE number = :number AND state IN ('running', 'finalizing')
                        AND epoch = :epoch
                    """
            )
            try update.execute(arguments: [
                "name": target.fileName, "device": Int64(bitPattern: target.device),
                "inode": Int64(bitPattern: target.inode), "size": target.size,
                "verification": try StoredJSON.text(ifPresent: verification),
                "now": now.milliseconds, "number": claim.number, "epoch": claim.epoch,
            ])
            return database.changesCount == 1 ? .recorded([]) : .lost
        }
    }

    static func forgetSegments(of number: Int64, in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM segment WHERE job = ?")
            .execute(arguments: [number])
    }
}
