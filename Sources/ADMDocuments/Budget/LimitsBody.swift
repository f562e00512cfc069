import ADMModel

/// A change of the limits of the budget, as one JSON object.
package struct LimitsBody: InputBody, Hashable {
    /// How many transfers may run at once.
    package var slots: Int?
    /// How many of them may be from one host.
    package var perHost: Int?
    /// How many connections all transfers may have together.
    package var connections: Int?
    /// How many of them may be to one host.
    package var hostConnections: Int?
    /// Bytes a second for all transfers together, as in a flag.
    package var rate: String?
    /// Bytes a second for all transfers from one host, as in a flag.
    package var hostRate: String?

    /// Says nothing.
    package init() {}

    /// Its fields.
    package static let fields: [InputField<LimitsBody>] = [
        InputField("slots", as: Int.self, "How many transfers may run at once; 0 for no limit.") {
            $0.slots = $1
        },
        InputField(
            "per_host",
            as: Int.self,
            "How many of them may be from one host; 0 for no limit."
        ) { $0.perHost = $1 },
        InputField(
            "connections",
            as: Int.self,
            "How many connections all transfers may have together."
        ) { $0.connections = $1 },
        InputField("host_connections", as: Int.self, "How many of them may be to one host.") {
            $0.hostConnections = $1
        },
        InputField(
            "rate",
            as: String.self,
            "Bytes a second for all transfers together, such as `2M`; `0` for no limit."
        ) { $0.rate = $1 },
        InputField(
            "host_rate",
            as: String.self,
            "Bytes a second for all transfers from one host; `0` for no limit."
        ) { $0.hostRate = $1 },
    ]

    /// What such an object looks like.
    package static let example = "{\"connections\": 32}"

    package static let name = "limits-change"
    package static let summary = "A change of the limits of the budget; what is left out stays."
}
