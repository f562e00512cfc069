package import ADMCatalog
package import ADMModel
package import Foundation

/// How the bytes a second that are allowed are shared out.
///
/// Max-min fairness at every limit: what one cannot use goes to the others, among workspaces by their
/// weights, inside a workspace by the weights of its transfers. The limits of a host and of a workspace
/// come before the one for all, so that what they hold back is used elsewhere.
///
/// Pure.
package enum RateDivision {
    /// The bytes a second for each of the flows; infinity if nothing limits them.
    package static func parts(
        _ flows: [LedgerFlow.Key: LedgerFlow],
        limits: BudgetLimits,
        shares: [String: LedgerShare],
        at now: Date = Date()
    ) -> [LedgerFlow.Key: Double] {
        var parts = flows.mapValues(\.demand)
        let weight = { (id: String) in Double(max(1, shares[id]?.share.weight ?? 1)) }
        let hostRate = limits.hostRate.bytes(at: now)
        if hostRate > 0 {
            for (_, keys) in Dictionary(grouping: flows.keys, by: \.host) {
                share(Double(hostRate), among: keys, in: &parts) { key in
                    weight(key.workspace) * (flows[key]?.weight ?? 1)
                }
            }
        }
        let workspaces = Dictionary(grouping: flows.keys, by: \.workspace)
        for (id, keys) in workspaces {
            guard let rate = shares[id]?.share.rate.bytes(at: now), rate > 0 else { continue }
            share(Double(rate), among: keys, in: &parts) { flows[$0]?.weight ?? 1 }
        }
        let rate = limits.rate.bytes(at: now)
        guard rate > 0 else { return parts }
        let order = Array(workspaces.keys)
        let claimants = order.map { id in
            MaxMinShare.Claimant(
                weight: weight(id),
                least: 0,
                most: workspaces[id, default: []].map { parts[$0] ?? 0 }.reduce(0, +)
            )
        }
        for (id, part) in zip(order, MaxMinShare.divide(Double(rate), among: claimants)) {
            share(part, among: workspaces[id, default: []], in: &parts) { flows[$0]?.weight ?? 1 }
        }
        return parts
    }

    private static func share(
        _ rate: Double,
        among keys: [LedgerFlow.Key],
        in parts: inout [LedgerFlow.Key: Double],
        weight: (LedgerFlow.Key) -> Double
    ) {
        let claimants = keys.map {
            MaxMinShare.Claimant(weight: weight($0), least: 0, most: parts[$0] ?? 0)
        }
        for (key, part) in zip(keys, MaxMinShare.divide(rate, among: claimants)) {
            parts[key] = part
        }
    }

    /// The bytes a second for each of several transfers that share a rate, by weight; what one cannot
    /// use goes to the others.
    static func parts(
        of rate: Double,
        among transfers: [(weight: Double, demand: Double)]
    ) -> [Double] {
        MaxMinShare.divide(
            rate,
            among: transfers.map { .init(weight: $0.weight, least: 0, most: $0.demand) }
        )
    }

    /// How much a transfer counts beside others of its workspace: one step of priority doubles it, four
    /// at most.
    static func weight(priority: Int) -> Double { exp2(Double(max(-4, min(4, priority - 1)))) }
}
