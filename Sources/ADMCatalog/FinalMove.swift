package import ADMModel
import Foundation
import GRDB

/// The move of a whole file to its final name, before it is made.
package struct FinalMove: Sendable {
    /// The right to make it.
    package let claim: Claim
    /// What is moved, and where to.
    package let target: FinalTarget
    private let verification: Verification?
    private let head: RemoteFile?

    /// Creates a move; `head` is what the server said, if it is not recorded yet.
    package init(
        _ claim: Claim,
        to target: FinalTarget,
        _ verification: Verification?,
        head: RemoteFile?
    ) {
        self.claim = claim
        self.target = target
        self.verification = verification
        self.head = head
    }

    /// Records it.
    func record(at now: Date, in database: Database) throws -> NameOutcome {
        guard try !JobRecord.isTaken(target.fileName, from: claim.job, in: database) else {
            return .nameTaken
        }
        let jobs = JobTransaction(database, at: now)
        let values: JobValues = [
            .fileName: .value(target.fileName),
            .targetDevice: .value(Int64(bitPattern: target.device)),
            .targetInode: .value(Int64(bitPattern: target.inode)),
            .targetSize: .value(target.size), .bytesDone: .value(target.size),
            .bytesTotal: .value(target.size),
            .verification: .value(try StoredJSON.text(ifPresent: verification)),
        ]
        // With another name it is recorded again, and the head has been recorded already.
        if let head {
            let events = try jobs.move(
                claim,
                from: [.running],
                to: .finalizing,
                set: values + JobValues(of: head),
                event: .started(totalBytes: head.validators.length)
            )
            if let events { return .recorded(events) }
        }
        let moved = try jobs.move(
            claim,
            from: [.running, .finalizing],
            to: .finalizing,
            set: values
        )
        return moved == nil ? .lost : .recorded([])
    }
}

extension JobValues {
    /// What the server said of a file, as columns beside those of its name and length.
    init(of head: RemoteFile) {
        self = [
            .finalUrl: .value(head.url.string), .etag: .value(head.validators.entityTag),
            .lastModified: .value(head.validators.lastModified),
            .lastModifiedIsStrong: .value(head.validators.lastModifiedIsStrong),
        ]
    }
}
