package import ADMModel

/// An entry of a list of jobs.
package enum ListedJobDocument: JSONWritable {
    case job(JobDocument)
    case unreadable(UnreadableJobDocument)

    /// A job, or a job that cannot be read.
    package static var shape: JSONShape { .any([JobDocument.shape, UnreadableJobDocument.shape]) }

    /// The entries of a list, those that cannot be read at its end.
    package static func all(_ listing: JobListing) -> [ListedJobDocument] {
        listing.jobs.map { .job(JobDocument($0)) }
            + listing.unreadable.map { .unreadable(UnreadableJobDocument($0)) }
    }

    /// Writes the document of the job.
    package func write(to json: inout JSONWriter) {
        switch self {
        case .job(let document): document.write(to: &json)
        case .unreadable(let document): document.write(to: &json)
        }
    }
}

/// A job that cannot be read, because its row was damaged.
package struct UnreadableJobDocument: Document {
    package static let name = "unreadable-job"
    package static let summary = "A job that cannot be read because its row is damaged."

    private let job: UnreadableJob

    init(_ job: UnreadableJob) { self.job = job }

    /// The word that tells it from other jobs.
    enum State: String, JSONWord {
        case unreadable
    }

    package static let fields: [Field<UnreadableJobDocument>] = [
        Field("job", "The number of the job in its workspace.") { $0.job.number },
        Field("download_id", "The identifier of the job; null if it cannot be read.") {
            $0.job.id?.description
        },
        Field("state", "Always `unreadable`.") { _ in State.unreadable },
        Field("url", "What it fetches, without its query; null if it cannot be read.") {
            $0.job.url
        },
        Field("error", "What is wrong with it.") { ErrorDocument($0.job.failure) },
        Field(deprecated: "number", use: "job") { $0.job.number },
        Field(deprecated: "id", use: "download_id") { $0.job.id?.description },
        Field(deprecated: "failure", use: "error") { ErrorDocument($0.job.failure) },
    ]
}
