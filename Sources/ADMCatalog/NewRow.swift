import ADMModel
import Foundation
import GRDB

/// A job that is to be added, made ready for its row: everything that needs no database is done.
///
/// It is a class because tens of thousands of them change threads together.
final class NewRow: Sendable {
    let entry: QueueEntry
    let stored: StoredRequest
    let id: JobID
    /// The state in which it begins, unless the job that it waits for has not ended.
    let state: JobState
    /// The payload of the event that says that it was added.
    let payload: String
    private let created: Int64
    // The time at which it may begin; the present where none was asked for.
    private let runAt: Int64
    /// The values for ``JobQuery/insert``.
    let arguments: StatementArguments

    private init(_ entry: QueueEntry, id: JobID, at now: Date) throws(Failure) {
        guard entry.directory.utf8.first == 0x2F else {
            throw Failure(
                .usage,
                "the directory \(entry.directory.debugDescription) is not absolute",
                hint: "give it with a leading /"
            )
        }
        try Priority.check(entry.queued.request.priority)
        self.entry = entry
        self.id = id
        created = now.milliseconds
        runAt = max(created, entry.queued.runAt?.milliseconds ?? created)
        state = runAt > created ? .scheduled : .ready
        stored = StoredRequest(entry.queued.request, directory: entry.directory)
        let request = stored.request
        payload = StoredEvent.queued(priority: request.priority, url: request.url.redacted)
        do {
            arguments = [
                id.description, state.rawValue,
                JobQueue.sortKey(runAt, priority: request.priority), runAt,
                request.priority, created, created, request.url.origin.host, request.url.string,
                entry.directory, stored.uniqueKey, try stored.withheldText, try stored.text,
                entry.attendant, entry.queued.after,
            ]
        } catch {
            throw Failure(
                .usage,
                "the request for \(request.url.redacted) cannot be stored",
                cause: String(describing: error)
            )
        }
    }

    /// The rows of entries, with identifiers that grow.
    static func rows(for entries: [QueueEntry], at now: Date) throws(Failure) -> [NewRow] {
        var ids = JobIDSequence(now: now)
        var rows: [NewRow] = []
        rows.reserveCapacity(entries.count)
        for entry in entries { rows.append(try NewRow(entry, id: ids.next(), at: now)) }
        return rows
    }

    /// The job and its event, once the row is in the database.
    func added(_ inserted: Inserting.Inserted) -> AddOutcome {
        let job = Job(
            id: id,
            number: inserted.number,
            request: stored.request,
            withheldHeaders: stored.withheld,
            state: inserted.state,
            directory: entry.directory,
            createdAt: Date(milliseconds: created),
            runAt: Date(milliseconds: runAt),
            after: entry.queued.after,
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
    var tags: [String] { entry.queued.tags.isEmpty ? [] : Set(entry.queued.tags).sorted() }
}
