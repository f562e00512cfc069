package import ADMModel

/// What all processes may use together.
package struct LimitsDocument: Document {
    package static let name = "limits"
    package static let summary = "What all processes of one `ADM_HOME` may use together."

    private let limits: BudgetLimits

    /// Shows limits.
    package init(_ limits: BudgetLimits) { self.limits = limits }

    package static let fields: [Field<LimitsDocument>] = [
        Field(
            "slots",
            "How many transfers may run at once; 0 for as many as the connections allow."
        ) { $0.limits.slots },
        Field(
            "per_host",
            "How many of them may be from one host; 0 for as many as the connections allow."
        ) { $0.limits.perHost },
        Field("connections", "How many connections all transfers may have together.") {
            $0.limits.connections
        },
        Field("host_connections", "How many of them may be to one host.") {
            $0.limits.hostConnections
        },
        Field("rate", "Bytes a second for all transfers together; 0 for no limit.") {
            $0.limits.rate
        },
        Field("host_rate", "Bytes a second for all transfers from one host; 0 for no limit.") {
            $0.limits.hostRate
        },
    ]
}

/// What one workspace may have of the budget.
package struct ShareDocument: Document {
    package static let name = "share"
    package static let summary = "What one workspace may have of the budget."

    private let share: WorkspaceShare

    /// Shows a share.
    package init(_ share: WorkspaceShare) { self.share = share }

    package static let fields: [Field<ShareDocument>] = [
        Field("weight", "How much it gets beside others: twice the weight, twice the slots.") {
            $0.share.weight
        },
        Field("min_slots", "How many slots it gets before others get more.") {
            $0.share.minSlots
        },
        Field("max_slots", "How many slots it never exceeds; 0 for no limit.") {
            $0.share.maxSlots
        },
        Field("is_paused", "Whether its jobs wait until somebody resumes the workspace.") {
            $0.share.isPaused
        },
        Field("rate", "Bytes a second for all its transfers together; 0 for no limit.") {
            $0.share.rate
        },
    ]
}

extension Rate: JSONWritable {
    /// A number, or the text of a rate that changes with the time of day.
    package static var shape: JSONShape { .any([.integer(0...Int64.max), .text()]) }

    /// Writes the number of bytes, or the text if there are several.
    package func write(to json: inout JSONWriter) {
        if entries.isEmpty { json.append(otherwise.bytes) } else { json.append(description) }
    }
}

extension BudgetLimits.Unit: JSONWord {}
