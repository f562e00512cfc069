/// Decides how many connections a transfer should have: more while each further one pays.
///
/// A pure value. The owner reports the speed at regular times and asks for the number.
package struct ConnectionRamp: Sendable, Hashable {
    /// The number of connections wanted now.
    package private(set) var wanted = 1
    private var limit: Int
    private var speedBefore: Double?
    private var ticksSinceGrowth = 0

    /// A new connection must raise the speed by this factor to be followed by others.
    private static let worthwhile = 1.1
    /// Reports between two decisions, so that a new connection can show what it gives.
    private static let patience = 2

    /// Starts with one connection and never asks for more than `limit`.
    package init(limit: Int) { self.limit = max(1, limit) }

    /// Reports the speed since the last report and decides.
    ///
    /// Grows by doubling, and stops for good when the last growth gave less than a tenth more. A
    /// transfer that will end within `horizon` seconds is left alone: a new connection would not
    /// be up to speed before the end.
    package mutating func report(speed: Double, bytesMissing: Int64, horizon: Double = 1) {
        guard wanted < limit, speed > 0 else { return }
        ticksSinceGrowth += 1
        guard ticksSinceGrowth >= ConnectionRamp.patience,
            Double(bytesMissing) / speed > horizon
        else { return }
        if let speedBefore, speed < speedBefore * ConnectionRamp.worthwhile {
            limit = wanted
            return
        }
        speedBefore = speed
        wanted = min(limit, wanted * 2)
        ticksSinceGrowth = 0
    }

    /// Lowers the number because the server objected; it does not grow again.
    package mutating func restrict(to count: Int) {
        limit = max(1, min(limit, count))
        wanted = min(wanted, limit)
    }
}
