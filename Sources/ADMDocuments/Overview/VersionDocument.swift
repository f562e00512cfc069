package import Foundation

/// Which daemon answers.
package struct VersionDocument: Document {
    package static let name = "version"
    package static let summary = "Which daemon answers."

    private let version: String
    private let startedAt: Date
    private let process: Int64

    /// Shows a version, when the daemon began, and the number of its process.
    package init(version: String, startedAt: Date, process: Int64) {
        self.version = version
        self.startedAt = startedAt
        self.process = process
    }

    package static let fields: [Field<VersionDocument>] = [
        Field("version", "The version of adm.") { $0.version },
        Field("documents", "The version of the documents.") { _ in DocumentDescription.version },
        Field("api", "The version of the API.") { _ in "v1" },
        Field("started_at", "When the daemon began.") { $0.startedAt },
        Field("process", "The number of its process.") { $0.process },
    ]
}
