package import ADMModel

/// What the finished jobs of a time amount to.
package struct StatisticsDocument: Document {
    package static let name = "statistics"
    package static let summary = "What the finished jobs of a time amount to."

    private let statistics: Statistics

    /// Shows statistics.
    package init(_ statistics: Statistics) { self.statistics = statistics }

    package static let fields: [Field<StatisticsDocument>] = [
        Field("groups", "The workspaces, hosts or days, by name.") {
            $0.statistics.groups.map(StatisticsGroupDocument.init)
        },
        Field("total", "All of them together.") { StatisticsGroupDocument($0.statistics.total) },
        Field(
            "fairness_index",
            "Jain's index of transfer time over weight: 1 if all workspaces had the same; null for fewer"
                + " than two."
        ) { $0.statistics.fairness },
    ]
}

/// The finished jobs of one workspace, host or day.
struct StatisticsGroupDocument: Document {
    static let name = "statistics-group"
    static let summary = "The finished jobs of one workspace, host or day."

    private let group: Statistics.Group

    init(_ group: Statistics.Group) { self.group = group }

    static let fields: [Field<StatisticsGroupDocument>] = [
        Field("name", "The workspace, the host or the day.") { $0.group.name },
        Field("succeeded", "How many jobs succeeded.") { $0.group.succeeded },
        Field("failed", "How many failed.") { $0.group.failed },
        Field("cancelled", "How many were cancelled.") { $0.group.cancelled },
        Field(
            "success_rate",
            "Which part of those that succeeded or failed did succeed, 0 to 1; null for none."
        ) { $0.group.successRate },
        Field("bytes", "The bytes of those that succeeded.") { $0.group.bytes },
        Field("retries", "How many attempts were repeated.") { $0.group.retries },
        Field(
            "queue_seconds",
            "How long jobs were ready before their first attempt, in seconds; null for none."
        ) { $0.group.queueSeconds.map(PercentilesDocument.init) },
        Field(
            "transfer_seconds",
            "How long bytes were fetched, of those that succeeded, in seconds; null for none."
        ) { $0.group.transferSeconds.map(PercentilesDocument.init) },
        Field("slot_seconds", "How long all transfers took together, in seconds.") {
            $0.group.slotSeconds
        },
    ]
}

/// The middle and the upper end of some times.
struct PercentilesDocument: Document {
    static let name = "percentiles"
    static let summary = "The middle and the upper end of some times."

    private let percentiles: Statistics.Percentiles

    init(_ percentiles: Statistics.Percentiles) { self.percentiles = percentiles }

    static let fields: [Field<PercentilesDocument>] = [
        Field("p50", "Half of the times are not above it.") { $0.percentiles.p50 },
        Field("p95", "95 of 100 are not above it.") { $0.percentiles.p95 },
        Field("p99", "99 of 100 are not above it.") { $0.percentiles.p99 },
    ]
}
