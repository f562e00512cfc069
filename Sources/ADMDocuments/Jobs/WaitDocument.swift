package import ADMModel

/// Why a job is not running.
package struct WaitDocument: Document {
    package static let name = "wait"
    package static let summary = "Why a job is not running."

    private let report: WaitReport

    /// Shows a report.
    package init(_ report: WaitReport) { self.report = report }

    package static let fields: [Field<WaitDocument>] = [
        Field("job", "The number of the job in its workspace.") { $0.report.job },
        Field("state", "Where it stands.") { $0.report.state },
        Field("reason", "What keeps it.") { $0.report.reason },
        Field("sentence", "All of it in one sentence without a full stop. Its words may change.") {
            $0.report.sentence
        },
        Field("position", "Its place in the queue of its workspace, from 1; null if it has none.") {
            $0.report.position
        },
        Field("waiting", "How many jobs of its workspace are ready; null if that is not why.") {
            $0.report.waiting
        },
        Field("until", "When it may continue; null if that is not known.") { $0.report.until },
        Field("by", "Who or what holds it, or the job that it waits for; null if nothing does.") {
            $0.report.by
        },
        Field("host", "The host that it depends on; null if it is not about one.") {
            $0.report.host
        },
        Field("limit", "The limit that is reached; null if none is.") { $0.report.limit },
        Field("holders", "The slots that are in its way, or the one that it runs on.") {
            $0.report.holders.map(SlotDocument.init)
        },
        Field("hint", "What can be done about it; null if there is nothing to say.") {
            $0.report.hint
        },
    ]
}

extension WaitReport.Reason: JSONWord {}
