package import ADMModel

/// What became of jobs that were paused, resumed, cancelled or retried.
package struct QueueActionDocument: Document {
    package static let name = "queue-action"
    package static let summary =
        "What became of jobs that were to be paused, resumed, cancelled or retried."

    private let summary: QueueActionSummary

    /// Shows how many jobs changed, how many are asked to, how many do not, and the first of them.
    package init(_ summary: QueueActionSummary) { self.summary = summary }

    package static let fields: [Field<QueueActionDocument>] = [
        Field("changed", "How many jobs are in another state now.") { $0.summary.changed },
        Field("requested", "How many jobs are run by other processes, which were notified.") {
            $0.summary.requested
        },
        Field("unchanged", "How many jobs had no use for it.") { $0.summary.unchanged },
        Field("jobs", "The first of these jobs, at most 1000.") {
            $0.summary.outcomes.map(QueueActionOutcomeDocument.init)
        },
    ]
}

/// What became of one job.
struct QueueActionOutcomeDocument: Document {
    static let name = "queue-action-outcome"
    static let summary = "What became of one job."

    private let outcome: QueueActionOutcome

    init(_ outcome: QueueActionOutcome) { self.outcome = outcome }

    private var target: JobState? {
        if case .changed(let state) = outcome.result { state } else { nil }
    }

    static let fields: [Field<QueueActionOutcomeDocument>] = [
        Field("job", "The number of the job in its workspace.") { $0.outcome.number },
        Field("from", "Where it stood before.") { $0.outcome.from },
        Field("to", "Where it stands now; null if that has not changed.") { $0.target },
        Field("requested", "Whether the process that runs it was notified.") {
            $0.outcome.result == .requested
        },
    ]
}

/// How many jobs were forgotten.
package struct ClearedJobsDocument: Document {
    package static let name = "cleared-jobs"
    package static let summary = "How many jobs were forgotten."

    private let count: Int

    /// Shows a number of jobs.
    package init(count: Int) { self.count = count }

    package static let fields: [Field<ClearedJobsDocument>] = [
        Field("removed", "How many jobs were forgotten.") { $0.count }
    ]
}
