public import ADMModel

/// A change of the limits for all processes; what is nil stays.
public struct BudgetChange: Sendable {
    /// The settings of `config.toml` that change, with their values as they are written there.
    let settings: [(name: String, value: String)]

    /// Takes the new limits.
    ///
    /// - Parameters:
    ///   - slots: How many transfers may run at once; 0 for as many as the connections allow.
    ///   - perHost: How many of them may be from one host; 0 for as many as the connections allow.
    ///   - connections: How many connections all transfers may have together, at least 1.
    ///   - hostConnections: How many of them may be to one host, at least 1.
    ///   - rate: Bytes a second for all transfers together.
    ///   - hostRate: Bytes a second for all transfers from one host together.
    public init(
        slots: Int? = nil,
        perHost: Int? = nil,
        connections: Int? = nil,
        hostConnections: Int? = nil,
        rate: Rate? = nil,
        hostRate: Rate? = nil
    ) {
        self = .written(
            slots: slots.map { "\($0)" },
            perHost: perHost.map { "\($0)" },
            connections: connections.map { "\($0)" },
            hostConnections: hostConnections.map { "\($0)" },
            rate: rate.map { "\($0)" },
            hostRate: hostRate.map { "\($0)" }
        )
    }

    private init(_ settings: [(name: String, value: String)]) { self.settings = settings }

    /// Takes the new limits as a person writes them; they are checked when they are set.
    public static func written(
        slots: String?,
        perHost: String?,
        connections: String?,
        hostConnections: String?,
        rate: String?,
        hostRate: String?
    ) -> BudgetChange {
        let values = [
            ("budget-slots", slots), ("budget-per-host", perHost),
            ("budget-connections", connections), ("budget-host-connections", hostConnections),
            ("budget-rate", rate), ("budget-host-rate", hostRate),
        ]
        return BudgetChange(values.compactMap { name, value in value.map { (name, $0) } })
    }
}
