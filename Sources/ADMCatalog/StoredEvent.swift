import ADMModel
import Foundation
import GRDB

/// One row of the event table.
///
/// The row says everything by itself: the job may be removed while its events stay.
struct StoredEvent {
    /// What the columns do not say; the fields that the kind of event has.
    private struct Payload: Codable {
        var url: String
        var priority: Int?
        var totalBytes: Int64?
        var completion: JobEvent.Completion?
        var failure: Failure?
        var reason: String?
        var destinationPath: String?
        var from: JobState?
        var retry: Int?
        var maxRetries: Int?
        var delaySeconds: Double?
        var algorithm: DigestAlgorithm?
        var by: PauseCause?
        var pieces: Int?
        var bytes: Int64?
    }

    /// The job that an event is about, as far as the event says it.
    struct Subject {
        let id: JobID
        let number: Int64
        /// Its URL, redacted.
        let url: String

        init(id: JobID, number: Int64, url: String) {
            self.id = id
            self.number = number
            self.url = url
        }

        init(_ job: Job) {
            self.init(id: job.id, number: job.number, url: job.request.url.redacted)
        }
    }

    /// Appends an event inside the caller's transaction, so that its number leaves no gap.
    static func append(
        _ kind: JobEvent.Kind,
        of job: Job,
        at now: Date,
        to database: Database
    ) throws -> JobEvent {
        try append(kind, of: Subject(job), at: now, to: database)
    }

    /// Appends an event about a job of which not everything was read.
    static func append(
        _ kind: JobEvent.Kind,
        of job: Subject,
        at now: Date,
        to database: Database
    ) throws -> JobEvent {
        var event = JobEvent(
            occurredAt: now.inMilliseconds,
            job: job.id,
            number: job.number,
            url: job.url,
            kind: kind
        )
        let insert = try database.cachedStatement(sql: JobQuery.insertEvent)
        try insert.execute(arguments: [
            job.number, job.id.description, event.name, now.milliseconds, try text(of: event),
        ])
        event.sequence = database.lastInsertedRowID
        return event
    }

    /// Reads an event back.
    static func event(from row: Row) throws -> JobEvent {
        let payload: Payload = try StoredJSON.value(row.decode(forColumn: "payload"))
        let type: String = try row.decode(forColumn: "type")
        guard let job = JobID(try row.decode(forColumn: "job")), let kind = kind(type, payload)
        else {
            throw UnreadableValue(reason: "its kind or its job is not valid")
        }
        return JobEvent(
            sequence: try row.decode("seq", in: StoredNumbers.number),
            occurredAt: try row.moment("at"),
            job: job,
            number: try row.decode(forColumn: "number"),
            url: payload.url,
            kind: kind
        )
    }

    /// The payload as JSON; the kinds that come by the million are written without an encoder.
    private static func text(of event: JobEvent) throws -> String {
        let url = JSONString.quoted(event.url)
        switch event.kind {
        case .queued(let priority): return queued(priority: priority, url: event.url)
        case .cancelled(let from): return "{\"from\":\"\(from.rawValue)\",\"url\":\(url)}"
        case .completed(let receipt) where receipt.verification == nil:
            return "{\"completion\":{\"averageSpeed\":\(receipt.averageSpeed),"
                + "\"destinationPath\":\(JSONString.quoted(receipt.destinationPath)),"
                + "\"elapsedSeconds\":\(receipt.elapsedSeconds),"
                + "\"totalBytes\":\(receipt.totalBytes)},\"url\":\(url)}"
        case .started(let total):
            return "{\(total.map { "\"totalBytes\":\($0)," } ?? "")\"url\":\(url)}"
        case .paused(let cause): return "{\"by\":\"\(cause.rawValue)\",\"url\":\(url)}"
        default: return try StoredJSON.text(payload(of: event))
        }
    }

    /// The payload of the event that says that a job was added.
    static func queued(priority: Int, url: String) -> String {
        "{\"priority\":\(priority),\"url\":\(JSONString.quoted(url))}"
    }

    private static func payload(of event: JobEvent) -> Payload {
        var payload = Payload(url: event.url)
        switch event.kind {
        case .queued(let priority): payload.priority = priority
        case .started(let totalBytes): payload.totalBytes = totalBytes
        case .progress: break
        case .completed(let completion): payload.completion = completion
        case .failed(let failure): payload.failure = failure
        case .skipped(let reason, let destinationPath):
            payload.reason = reason
            payload.destinationPath = destinationPath
        case .cancelled(let from): payload.from = from
        case .retrying(let retry, let maxRetries, let delaySeconds, let error):
            payload.retry = retry
            payload.maxRetries = maxRetries
            payload.delaySeconds = delaySeconds
            payload.failure = error
        case .validating(let algorithm): payload.algorithm = algorithm
        case .repairing(let pieces, let bytes):
            payload.pieces = pieces
            payload.bytes = bytes
        case .paused(let cause): payload.by = cause
        }
        return payload
    }

    private static func kind(_ type: String, _ payload: Payload) -> JobEvent.Kind? {
        switch type {
        case "download.queued": payload.priority.map { .queued(priority: $0) }
        case "download.started": .started(totalBytes: payload.totalBytes)
        case "download.completed": payload.completion.map { .completed($0) }
        case "download.failed": payload.failure.map { .failed($0) }
        case "download.skipped":
            payload.reason.map {
                .skipped(reason: $0, destinationPath: payload.destinationPath)
            }
        case "download.cancelled": payload.from.map { .cancelled(from: $0) }
        case "download.retrying":
            payload.failure.map {
                .retrying(
                    retry: payload.retry ?? 0,
                    maxRetries: payload.maxRetries ?? 0,
                    delaySeconds: payload.delaySeconds ?? 0,
                    error: $0
                )
            }
        case "download.validating": payload.algorithm.map { .validating(algorithm: $0) }
        case "download.repairing":
            payload.pieces.map { .repairing(pieces: $0, bytes: payload.bytes ?? 0) }
        case "download.paused": payload.by.map { .paused(by: $0) }
        default: nil
        }
    }
}
