import ADMCatalog
import ADMModel
import Foundation
import Synchronization

/// Puts finished jobs into groups and works out what they amount to.
final class StatisticsBuilder: Sendable {
    private struct Samples {
        var group: Statistics.Group
        var queue: [Double] = []
        var transfer: [Double] = []

        init(_ name: String) { group = Statistics.Group(name: name) }

        mutating func add(_ job: FinishedJob) {
            switch job.state {
            case .succeeded:
                group.succeeded += 1
                group.bytes = group.bytes.adding(saturating: job.bytes)
                transfer.append(job.transferSeconds)
            case .failed: group.failed += 1
            default: group.cancelled += 1
            }
            group.slotSeconds += job.transferSeconds
            if let seconds = job.queueSeconds { queue.append(seconds) }
        }

        var finished: Statistics.Group {
            var group = group
            group.queueSeconds = Statistics.Percentiles(queue)
            group.transferSeconds = Statistics.Percentiles(transfer)
            return group
        }
    }

    private let groups = Mutex<[String: Samples]>([:])
    private let all = Mutex(Samples("total"))

    /// Counts a job in a group.
    func add(_ job: FinishedJob, to name: String) {
        groups.withLock { $0[name, default: Samples(name)].add(job) }
        all.withLock { $0.add(job) }
    }

    /// Counts a repeated attempt in a group.
    func addRetry(to name: String) {
        groups.withLock { $0[name, default: Samples(name)].group.retries += 1 }
        all.withLock { $0.group.retries += 1 }
    }

    /// What it amounts to; `weights` are those of the workspaces, if these are the groups.
    func result(weights: [String: Int]?) -> Statistics {
        let groups = groups.withLock { $0.values.map(\.finished) }.sorted { $0.name < $1.name }
        let total = all.withLock { $0.finished }
        return Statistics(
            groups: groups,
            total: total,
            fairness: weights.flatMap { StatisticsBuilder.fairness(groups, $0) }
        )
    }

    private static func fairness(
        _ groups: [Statistics.Group],
        _ weights: [String: Int]
    ) -> Double? {
        let parts = groups.filter { $0.slotSeconds > 0 }.map {
            $0.slotSeconds / Double(weights[$0.name] ?? 1)
        }
        guard parts.count > 1 else { return nil }
        let sum = parts.reduce(0, +)
        return sum * sum / (Double(parts.count) * parts.map { $0 * $0 }.reduce(0, +))
    }
}
