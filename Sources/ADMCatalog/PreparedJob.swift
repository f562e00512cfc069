package import ADMModel
package import Foundation
import GRDB

/// A job on its way into a workspace's queue, ready for its row: everything that needs no database is done.
///
/// It is a class because tens of thousands of them change threads together.
package final class PreparedJob: Sendable {
    let id: JobID
    let draft: JobDraft
    let directory: String
    let stored: StoredRequest
    /// The state in which it begins, unless the job that it waits for has not ended.
    let state: JobState
    /// When it is added, in milliseconds.
    let created: Int64
    /// When it may begin; the present if no later time was asked for.
    let runAt: Int64
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
        _ draft: JobDraft,
        directory: String,
        foregroundOwner: String? = nil,
        now: Date = Date()
    ) throws(Failure) {
        var options = StoredOptions()
        try self.init(
            draft,
            directory: directory,
            foregroundOwner: foregroundOwner,
            id: JobID(now: now),
            now: now,
            &options
        )
    }

    private init(
        _ draft: JobDraft,
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
        try Priority.check(draft.request.priority)
        self.id = id
        self.draft = draft
        self.directory = directory
        created = now.milliseconds
        runAt = max(created, draft.runAt?.milliseconds ?? created)
        state = runAt > created ? .scheduled : .ready
        stored = StoredRequest(draft.request, directory: directory)
        let request = stored.request
        payload = StoredEvent.queued(priority: request.priority, url: request.url.redacted)
        do {
            arguments = [
                id.description, state.rawValue,
                JobQueue.sortKey(runAt, priority: request.priority), runAt,
                request.priority, created, created, request.url.origin.host, request.url.string,
                directory, stored.uniqueKey, try stored.withheldText,
                try options.text(of: request), foregroundOwner, draft.after,
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
        _ drafts: [JobDraft],
        foregroundOwner: String? = nil,
        now: Date = Date(),
        directory: (JobRequest) throws(Failure) -> String
    ) throws(Failure) -> [PreparedJob] {
        var ids = JobIDSequence(now: now)
        var options = StoredOptions()
        var jobs: [PreparedJob] = []
        jobs.reserveCapacity(drafts.count)
        for draft in drafts {
            jobs.append(
                try PreparedJob(
                    draft,
                    directory: directory(draft.request),
                    foregroundOwner: foregroundOwner,
                    id: ids.next(),
                    now: now,
                    &options
                )
            )
        }
        return jobs
    }

    /// Its tags, each once.
    var tags: [String] { draft.tags.isEmpty ? [] : Set(draft.tags).sorted() }
}
