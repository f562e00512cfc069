package import ADMModel

/// What became of one line of many jobs.
package struct BulkLineDocument: Document {
    package static let name = "bulk-line"
    package static let summary = "What became of one line of many jobs that were handed in."

    private let line: Int
    private let job: QueuedJob?
    private let failure: Failure?

    /// Shows what became of a line, counted from 1.
    package init(line: Int, _ result: Result<QueuedJob, Failure>) {
        self.line = line
        switch result {
        case .success(let job):
            self.job = job
            failure = nil
        case .failure(let failure):
            job = nil
            self.failure = failure
        }
    }

    package static let fields: [Field<BulkLineDocument>] = [
        Field("line", "The number of the line, counted from 1.") { $0.line },
        Field("job", "The job; null if it was not added.") { $0.job.map(AddedJobDocument.init) },
        Field("error", "Why it was not added; null if it was.") {
            $0.failure.map(ErrorDocument.init)
        },
    ]
}
