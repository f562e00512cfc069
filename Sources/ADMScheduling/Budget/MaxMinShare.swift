/// How many slots each of several workspaces is entitled to: weighted max-min fairness.
///
/// Everybody gets slots in proportion to the weight, nobody more than can be used or is allowed, and
/// what one cannot use goes to the others in the same proportion. Minimums come first.
struct MaxMinShare: Sendable {
    /// What one workspace brings.
    struct Claimant: Sendable {
        var weight: Double
        /// What it gets before weights count, as far as it can use it.
        var least: Double
        /// What it can use and is allowed to have.
        var most: Double
    }

    /// The parts of `slots`, in the order of the claimants; fractions of a slot are parts too.
    ///
    /// Where the minimums are more than there is, they are cut in proportion.
    static func divide(_ slots: Double, among claimants: [Claimant]) -> [Double] {
        let wanted = claimants.map(\.most).reduce(0, +)
        guard wanted > slots else { return claimants.map(\.most) }
        let promised = claimants.map { min($0.least, $0.most) }.reduce(0, +)
        guard promised < slots else {
            return claimants.map { min($0.least, $0.most) * slots / promised }
        }
        // The level at which everybody's part, between least and most, adds up to all slots.
        func parts(_ level: Double) -> [Double] {
            claimants.map { min($0.most, max(min($0.least, $0.most), level * $0.weight)) }
        }
        var low = 0.0
        var high = slots / (claimants.map(\.weight).min() ?? 1)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if parts(middle).reduce(0, +) < slots { low = middle } else { high = middle }
        }
        return parts(high)
    }
}
