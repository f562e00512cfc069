import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

/// Counters for Prometheus, in its text format 0.0.4.
enum Metrics {
    static let operations = [
        Operation(
            .get,
            "/metrics",
            "getMetrics",
            "Count what the daemon does, for Prometheus.",
            needs: .read,
            answers: [Operation.Answer(200, "The metrics.", .text(), type: "text/plain")],
            run: metrics
        )
    ]

    @Sendable private static func metrics(_ call: Call) async throws -> Reply {
        var text = MetricText()
        let services = call.services
        text.add("adm_build_info", .gauge, "The version of adm.") {
            [(["version": SettingsReference.version], 1)]
        }
        text.add("adm_http_requests_total", .counter, "Answers by operation and status.") {
            services.meters.requests.map { key, count in
                let labels = [
                    "operation": key.operation, "method": key.method, "status": "\(key.status)",
                ]
                return (labels, Double(count))
            }
        }
        text.add("adm_http_connections", .gauge, "Open connections.") {
            [([:], Double(services.connections.current))]
        }
        text.add("adm_sse_clients", .gauge, "Clients that follow events.") {
            [([:], Double(services.meters.streams))]
        }
        let all = try await services.running.home.list()
        let seen = all.filter { $0.identity.map(call.scope.caller.maySee) ?? false }
        // A label has no more values than people have workspaces; beyond a hundred they are counted together.
        text.add("adm_jobs", .gauge, "Jobs by workspace and state.") {
            var counts: [[String: String]: Double] = [:]
            for (index, summary) in seen.enumerated() {
                for (state, count) in summary.jobs ?? [:] {
                    let name = index < 100 ? summary.name : "other"
                    counts[["workspace": name, "state": state.rawValue], default: 0] += Double(
                        count
                    )
                }
            }
            return counts.map { ($0.key, $0.value) }
        }
        if call.scope.caller.onlyWorkspace == nil {
            let report = try await services.running.home.budgetReport()
            text.add("adm_budget_connections", .gauge, "Connections that all may have together.") {
                [([:], Double(report.limits.connections))]
            }
            text.add("adm_budget_connections_used", .gauge, "Connections by workspace.") {
                report.workspaces.map { (["workspace": $0.name], Double($0.connections)) }
            }
            text.add("adm_budget_slots_used", .gauge, "Running transfers by workspace.") {
                report.workspaces.map { (["workspace": $0.name], Double($0.slots)) }
            }
            text.add("adm_budget_waiters", .gauge, "Jobs that wait for a slot, by workspace.") {
                report.workspaces.map { (["workspace": $0.name], Double($0.waiting)) }
            }
        }
        text.add("process_start_time_seconds", .gauge, "When the daemon began.") {
            [([:], services.startedAt.timeIntervalSince1970)]
        }
        return Reply(type: "text/plain; version=0.0.4; charset=utf-8", text: text.text)
    }
}

/// Metrics as Prometheus reads them.
struct MetricText: Sendable {
    /// What kind of number it is.
    enum Kind: String, Sendable {
        case counter, gauge
    }

    /// What was added.
    private(set) var text = ""

    /// Adds a metric with its values by labels.
    mutating func add(
        _ name: String,
        _ kind: Kind,
        _ summary: String,
        _ values: () -> [(labels: [String: String], value: Double)]
    ) {
        text += "# HELP \(name) \(summary)\n# TYPE \(name) \(kind.rawValue)\n"
        let lines = values().map { labels, value in
            let pairs = labels.sorted { $0.key < $1.key }.map {
                "\($0.key)=\"\(MetricText.escaped($0.value))\""
            }
            let inBraces = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
            return "\(name)\(inBraces) \(MetricText.number(value))\n"
        }
        text += lines.sorted().joined()
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n")
    }
}
