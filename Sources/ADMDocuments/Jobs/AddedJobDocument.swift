package import ADMModel

/// A job that was added to the queue, or was there already.
package struct AddedJobDocument: Document {
    package static let name = "added-job"
    package static let summary = "A job that was added to the queue, or was there already."

    private let job: QueuedJob

    /// Shows a job of the queue.
    package init(_ job: QueuedJob) { self.job = job }

    package static let fields: [Field<AddedJobDocument>] = [
        Field("job", "The number of the job in its workspace.") { $0.job.number },
        Field("download_id", "The identifier of the job everywhere, a ULID.") {
            $0.job.id.description
        },
        Field("state", "Where it stands.") { $0.job.state },
        Field("added", "Whether it was added; false if it was in the queue already.") {
            $0.job.isNew
        },
        Field(deprecated: "id", use: "download_id") { $0.job.id.description },
    ]
}
