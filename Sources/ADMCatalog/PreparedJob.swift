package import ADMModel
package import Foundation
import GRDB

/// A job on its way into a workspace's queue, ready for its row: everything that needs no database is done.
///
/// It is a class because tens of thousands of them change threads together.
package final class PreparedJob: Sendable {
    let id: JobID
    let queued: JobDraft
    let directory: String
    let stored: StoredRequest
    /// The state in which it begins, unless the job that it waits for has not ended.
    let state: JobState
    /// When it is added, in milliseconds.
    let created: Int64
    /// When it may begin; the present if no later time was asked for.
    private let runAt: Int64
    /// The payload of the event that says that it was added.
    let payload: String
    /// The values for ``JobQuery/insert``.
    let arguments: StatementArguments

    /// Creates a job that is saved into an absolute directory.
    ///
    /// `foregroundOwner` is the process that waits for it in the foreground and runs it itself.
    ///
    /// - Throws: ``Failure`` with `usage`.
    package convenience init(
        _ queued: JobDraft,
        directory: String,
        foregroundOwner: String? = nil,
        now: Date = Date()
    ) throws(Failure) {
        var options = StoredOptions()
        try self.init(
            queued,
            directory: directory,
            foregroundOwner: foregroundOwner,
            id: JobID(now: now),
            now: now,
            &options
        )
    }

    private init(
        _ queued: JobDraft,
        directory: String,
        foregroundOwner: String?,
        id: JobID,
        now: Date,
        _ options: inout StoredOptions
    ) throws(Failure) {
        guard directory.utf8.first == 0x2F else {
            throw Failure(
                .usage,
                "the directory \(directory.debugDescription) is not absolute",
                hint: "give it with a leading /"
            )
        }
        try Priority.check(queued.request.priority)
        self.id = id
        self.queued = queued
        self.directory = directory
        created = now.milliseconds
        runAt = max(created, queued.runAt?.milliseconds ?? created)
        state = runAt > created ? .scheduled : .ready
        stored = StoredRequest(queued.request, directory: directory)
        let request = stored.request
        payload = StoredEvent.queued(priority: request.priority, url: request.url.redacted)
        do {
            arguments = [
                id.description, state.rawValue,
                JobQueue.sortKey(runAt, priority: request.priority), runAt,
                request.priority, created, created, request.url.origin.host, request.url.string,
                directory, stored.uniqueKey, try stored.withheldText,
                try options.text(of: request), foregroundOwner, queued.after,
            ]
        } catch {
            throw Failure(
                .usage,
                "the request for \(request.url.redacted) cannot be stored",
                cause: String(describing: error)
            )
        }
    }

    /// Prepares many jobs, with identifiers that grow.
    ///
    /// - Throws: ``Failure`` with `usage`, or what `directory` throws.
    package static func prepare(
        _ requests: [JobDraft],
        foregroundOwner: String? = nil,
        now: Date = Date(),
        directory: (JobRequest) throws(Failure) -> String
    ) throws(Failure) -> [PreparedJob] {
        var ids = JobIDSequence(now: now)
        var options = StoredOptions()
        var jobs: [PreparedJob] = []
        jobs.reserveCapacity(requests.count)
        for queued in requests {
            jobs.append(
                try PreparedJob(
                    queued,
                    directory: directory(queued.request),
                    foregroundOwner: foregroundOwner,
                    id: ids.next(),
                    now: now,
                    &options
                )
            )
        }
        return jobs
    }

    /// The job and its event, once the row is in the database.
    func added(_ inserted: JobInserter.Inserted) -> AddOutcome {
        let job = Job(
            id: id,
            number: inserted.number,
            request: stored.request,
            withheldHeaders: stored.withheld,
            state: inserted.state,
            directory: directory,
            createdAt: Date(milliseconds: created),
            runAt: Date(milliseconds: runAt),
            after: queued.after,
            tags: tags
        )
        let event = JobEvent(
            sequence: inserted.sequence,
            occurredAt: Date(milliseconds: created),
            job: id,
            number: inserted.number,
            url: stored.request.url.redacted,
            kind: .queued(priority: stored.request.priority)
        )
        return .added(job, event)
    }

    /// Its tags, each once.
    var tags: [String] { queued.tags.isEmpty ? [] : Set(queued.tags).sorted() }
}
