package import ADMModel

/// One job with everything that is known about it.
package struct JobDetailDocument: Document {
    package static let name = "job-detail"
    package static let summary = "One job with everything that is known about it."

    private let job: JobDocument
    private let segments: [[Int64]]
    private let failures: [FailedAttempt]

    /// Shows a job, the bytes of it that are on disk, and its failed attempts.
    package init(_ job: Job, segments: [ByteRange], failures: [FailedAttempt]) {
        self.job = JobDocument(job)
        self.segments = segments.map { [$0.start, $0.end] }
        self.failures = failures
    }

    package static let fields: [Field<JobDetailDocument>] =
        JobDocument.fields.map { $0.of(\.job) } + [
            Field(
                "segments",
                "The bytes on disk, as pairs of the first one and the one after the last."
            ) { $0.segments },
            Field("failures", "The failed attempts that are remembered, the latest last.") {
                $0.failures.map(FailedAttemptDocument.init)
            },
        ]
}

/// An attempt that failed.
struct FailedAttemptDocument: Document {
    static let name = "failed-attempt"
    static let summary = "An attempt that failed."

    let attempt: FailedAttempt

    init(_ attempt: FailedAttempt) { self.attempt = attempt }

    static let fields: [Field<FailedAttemptDocument>] = [
        Field("attempt", "Which attempt it was, counted from 1.") { $0.attempt.attempt },
        Field("occurred_at", "When it failed.") { $0.attempt.occurredAt },
        Field("error", "Why it failed.") { ErrorDocument($0.attempt.failure) },
        Field(deprecated: "failure", use: "error") { ErrorDocument($0.attempt.failure) },
    ]
}
