import ADMCatalog
import ADMModel

/// What all workspaces use of one host.
struct HostUsage: Sendable {
    /// How many transfers there are.
    private(set) var slots = 0
    /// How many connections they may have.
    private(set) var connections = 0

    /// Adds a transfer.
    mutating func add(_ connections: Int) {
        slots += 1
        self.connections += connections
    }

    /// A transfer gets more connections.
    mutating func grow(by count: Int) { connections += count }

    /// How many connections more there may be.
    func room(_ limits: BudgetLimits) -> Int { max(0, limits.hostConnections - connections) }

    /// Whether no further transfer may begin.
    func isFull(_ limits: BudgetLimits) -> Bool {
        (limits.perHost > 0 && slots >= limits.perHost) || room(limits) == 0
    }

    /// How much of what is shared out a workspace has here, which others may want.
    func amount(_ limits: BudgetLimits) -> Int { limits.perHost > 0 ? slots : connections }
}
