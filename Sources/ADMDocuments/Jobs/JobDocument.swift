package import ADMModel

/// A job, as every list shows it.
package struct JobDocument: Document {
    package static let name = "job"
    package static let summary = "A job."

    /// A job that is read in place: to hand one over field by field takes longer than to write it.
    private final class Reference: Sendable {
        let job: Job

        init(_ job: Job) { self.job = job }
    }

    private let reference: Reference

    /// Shows a job.
    package init(_ job: Job) { reference = Reference(job) }

    package static let fields: [Field<JobDocument>] = identity + progress + times + deprecated

    private static let identity: [Field<JobDocument>] = [
        Field("job", "The number of the job in its workspace.") { $0.reference.job.number },
        Field("download_id", "The identifier of the job everywhere, a ULID.") {
            $0.reference.job.id.description
        },
        Field("state", "Where it stands.") { $0.reference.job.state },
        Field("url", "What it fetches; the values of a query are shown as `***`.") {
            $0.reference.job.request.url.masked
        },
        Field(
            "final_url",
            "Where the redirects led at the last attempt, shown like `url`; null before an answer."
        ) { $0.reference.job.finalURL?.masked },
        Field("name", "The name of the file; null while it is not known.") {
            $0.reference.job.fileName
        },
        Field("directory", "The directory that it is saved into, an absolute path.") {
            $0.reference.job.directory
        },
        Field("destination_path", "The saved file; null unless the job has succeeded.") {
            $0.reference.job.savedFile
        },
    ]

    private static let progress: [Field<JobDocument>] = [
        Field("bytes_downloaded", "How many bytes are safely on disk, of all attempts.") {
            $0.reference.job.bytesDone
        },
        Field("total_bytes", "The length of the file in bytes; null while it is not known.") {
            $0.reference.job.bytesTotal
        },
        Field("attempts", "How many attempts were started.") { $0.reference.job.attempts },
        Field("priority", "How urgent it is beside others of its workspace; higher first.") {
            $0.reference.job.request.priority
        },
        Field("validation", "The digest that was checked; null if none was.") {
            $0.reference.job.verification.map(ValidationDocument.init)
        },
        Field("error", "Why the last attempt failed; null if it did not.") {
            $0.reference.job.failure.map(ErrorDocument.init)
        },
        Field("paused_by", "Why it is held; null unless it is.") { $0.reference.job.pausedBy },
        Field("after", "The number of the job that must succeed before; null if there is none.") {
            $0.reference.job.after
        },
        Field("tags", "The words that it is marked with, sorted.") { $0.reference.job.tags },
    ]

    private static let times: [Field<JobDocument>] = [
        Field("created_at", "When it was added.") { $0.reference.job.createdAt },
        Field("run_at", "When it may run: the time asked for, or that of the next attempt.") {
            $0.reference.job.runAt
        },
        Field("started_at", "When its first attempt began; null before that.") {
            $0.reference.job.startedAt
        },
        Field("finished_at", "When it reached its final state; null before that.") {
            $0.reference.job.finishedAt
        },
        Field("transfer_seconds", "How long bytes were fetched, in seconds, over all attempts.") {
            $0.reference.job.transferSeconds
        },
    ]

    private static let deprecated: [Field<JobDocument>] = [
        Field(deprecated: "number", use: "job") { $0.reference.job.number },
        Field(deprecated: "id", use: "download_id") { $0.reference.job.id.description },
        Field(deprecated: "path", use: "destination_path") { $0.reference.job.savedFile },
        Field(deprecated: "bytes_done", use: "bytes_downloaded") { $0.reference.job.bytesDone },
        Field(deprecated: "bytes_total", use: "total_bytes") { $0.reference.job.bytesTotal },
        Field(deprecated: "verified", use: "validation") {
            $0.reference.job.verification.map(VerifiedDocument.init)
        },
        Field(deprecated: "failure", use: "error") {
            $0.reference.job.failure.map(ErrorDocument.init)
        },
    ]
}

extension Job {
    fileprivate var savedFile: String? { state == .succeeded ? destination : nil }
}

extension JobState: JSONWord {}
extension PauseCause: JSONWord {}
