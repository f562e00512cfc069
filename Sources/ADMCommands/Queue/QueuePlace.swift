import ADMModel
import Foundation

/// Where in the queue all jobs of one command go.
struct QueuePlace: Sendable {
    /// When they may begin; nil for at once.
    var runAt: Date?
    /// The number of the job that must have succeeded before they begin.
    var after: Int64?
    /// Words to find them by.
    var tags: [String] = []
    /// Whether nothing is added if the same thing was fetched successfully before.
    var isUnique = false

    /// The draft for a request.
    func draft(_ request: JobRequest) -> JobDraft {
        JobDraft(request, runAt: runAt, after: after, tags: tags, isUnique: isUnique)
    }
}
