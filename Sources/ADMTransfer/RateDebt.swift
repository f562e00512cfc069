/// What one connection has to wait for before it reads on, because limits say so.
struct RateDebt: Sendable {
    /// The longest wait that nobody can interrupt.
    static let longestStep = Duration.milliseconds(50)

    private let tickets: [(limit: RateLimit, ticket: RateLimit.Ticket)]

    /// Pays for bytes that arrived; nil if nothing has to be waited for.
    init?(paying limits: [RateLimit], for count: Int) {
        tickets = limits.compactMap { limit in limit.pay(for: count).map { (limit, $0) } }
        if tickets.isEmpty { return nil }
    }

    /// The next short part of the wait; nil if it is over.
    var step: Duration? {
        tickets.compactMap { $0.limit.wait(for: $0.ticket) }.max().map {
            min($0, RateDebt.longestStep)
        }
    }
}
