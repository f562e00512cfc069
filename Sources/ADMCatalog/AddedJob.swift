package import ADMModel
import Foundation

/// A job whose row was just written, with its event `download.queued`.
///
/// The job and the event are made when somebody asks for them: of a long list nobody does.
package struct AddedJob: Sendable, Equatable {
    private let prepared: PreparedJob
    /// Its number in the workspace.
    package let number: Int64
    /// The state in which it begins.
    package let state: JobState
    private let sequence: Int64

    /// Joins what was prepared and what the database gave to it: the number of its row, and of its event.
    init(_ prepared: PreparedJob, number: Int64, state: JobState, sequence: Int64) {
        self.prepared = prepared
        self.number = number
        self.state = state
        self.sequence = sequence
    }

    package static func == (left: AddedJob, right: AddedJob) -> Bool {
        left.prepared === right.prepared && left.number == right.number
    }

    /// Its name anywhere.
    package var id: JobID { prepared.id }

    /// The job as it is in the database.
    package var job: Job {
        Job(
            id: id,
            number: number,
            request: prepared.stored.request,
            withheldHeaders: prepared.stored.withheld,
            state: state,
            directory: prepared.directory,
            createdAt: Date(milliseconds: prepared.created),
            runAt: Date(milliseconds: prepared.runAt),
            after: prepared.draft.after,
            tags: prepared.tags
        )
    }

    /// The event that says that it was added.
    package var event: JobEvent {
        let request = prepared.stored.request
        return JobEvent(
            sequence: sequence,
            occurredAt: Date(milliseconds: prepared.created),
            job: id,
            number: number,
            url: request.url.redacted,
            kind: .queued(priority: request.priority)
        )
    }
}
