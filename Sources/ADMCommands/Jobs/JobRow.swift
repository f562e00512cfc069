import ADMModel
import Foundation

/// A job as JSON shows it.
struct JobRow: Encodable {
    let number: Int64
    let id: String
    let state: JobState
    let url: String
    let finalURL: String?
    let path: String?
    let directory: String
    let name: String?
    let bytesDone: Int64
    let bytesTotal: Int64?
    let attempts: Int
    let priority: Int
    let verified: Verification?
    let failure: Failure?
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let transferSeconds: Double
    let runAt: Date
    let after: Int64?
    let pausedBy: PauseCause?
    let tags: [String]
    /// The bytes on disk as pairs of first and past-the-last; only where one job is shown.
    var segments: [[Int64]]?
    /// The failed attempts; only where one job is shown.
    var failures: [FailedAttempt]?

    enum CodingKeys: String, CodingKey {
        case number
        case id
        case state
        case url
        case finalURL = "final_url"
        case path
        case directory
        case name
        case bytesDone = "bytes_done"
        case bytesTotal = "bytes_total"
        case attempts
        case priority
        case verified
        case failure
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case transferSeconds = "transfer_seconds"
        case runAt = "run_at"
        case after
        case pausedBy = "paused_by"
        case tags
        case segments
        case failures
    }

    init(_ job: Job) {
        number = job.number
        id = job.id.description
        state = job.state
        url = job.request.url.masked
        finalURL = job.finalURL?.masked
        path = job.state == .succeeded ? job.destination : nil
        directory = job.directory
        name = job.fileName
        bytesDone = job.bytesDone
        bytesTotal = job.bytesTotal
        attempts = job.attempts
        priority = job.request.priority
        verified = job.verification
        failure = job.failure
        createdAt = job.createdAt
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        transferSeconds = job.transferSeconds
        runAt = job.runAt
        after = job.after
        pausedBy = job.pausedBy
        tags = job.tags
    }
}

/// A job that cannot be read, as JSON shows it.
struct UnreadableRow: Encodable {
    let number: Int64
    let id: String?
    let state = "unreadable"
    let url: String?
    let failure: Failure

    init(_ job: UnreadableJob) {
        number = job.number
        id = job.id?.description
        url = job.url
        failure = job.failure
    }
}

/// A line of a list of jobs.
enum ListedRow: Encodable {
    case job(JobRow)
    case unreadable(UnreadableRow)

    /// The lines of a list, those that cannot be read at its end.
    static func rows(_ listing: JobListing) -> [ListedRow] {
        listing.jobs.map { .job(JobRow($0)) }
            + listing.unreadable.map { .unreadable(UnreadableRow($0)) }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .job(let row): try row.encode(to: encoder)
        case .unreadable(let row): try row.encode(to: encoder)
        }
    }
}

extension UnreadableJob {
    /// What it fetches, as far as that is known.
    var title: String { url ?? "?" }
}

extension JobListing {
    /// Whether there is nothing at all in it.
    var isEmpty: Bool { jobs.isEmpty && unreadable.isEmpty }
}

extension Job {
    /// How far it is: `34 %  12.0 of 35.0 MiB`, or its size when it is done.
    var amount: String {
        guard let bytesTotal else { return bytesDone > 0 ? "\(ByteCount(bytesDone))" : "" }
        guard state != .succeeded, bytesTotal > 0 else { return "\(ByteCount(bytesTotal))" }
        let percent = Int(saturating: Double(bytesDone) * 100 / Double(bytesTotal))
        return "\(percent) % of \(ByteCount(bytesTotal))"
    }

    /// Its file name, or its URL while that is not known.
    var title: String { fileName ?? request.fileName ?? request.url.masked }
}
