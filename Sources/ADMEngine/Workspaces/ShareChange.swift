public import ADMModel

/// A change of what a workspace may have of the budget; what is nil stays.
public struct ShareChange: Sendable {
    /// The settings of the profile that change, with their values as they are written there.
    let settings: [(name: String, value: String)]

    /// Takes the new share.
    ///
    /// - Parameters:
    ///   - weight: How much of the budget it gets beside others, from 1 to 1000.
    ///   - minSlots: Slots guaranteed to it before any other workspace gets more.
    ///   - maxSlots: It never has more slots than this; 0 for no limit.
    ///   - rate: Bytes a second for all its transfers together.
    ///   - isPaused: Whether its jobs wait until somebody resumes it.
    public init(
        weight: Int? = nil,
        minSlots: Int? = nil,
        maxSlots: Int? = nil,
        rate: Rate? = nil,
        isPaused: Bool? = nil
    ) {
        self.init(
            weight.map { "\($0)" },
            minSlots.map { "\($0)" },
            maxSlots.map { "\($0)" },
            rate.map { "\($0)" },
            isPaused.map { "\($0)" }
        )
    }

    private init(
        _ weight: String?,
        _ minSlots: String?,
        _ maxSlots: String?,
        _ rate: String?,
        _ isPaused: String? = nil
    ) {
        let values = [
            ("weight", weight), ("min-slots", minSlots), ("max-slots", maxSlots),
            ("workspace-rate", rate), ("paused", isPaused),
        ]
        settings = values.compactMap { name, value in value.map { (name, $0) } }
    }

    /// Takes the new share as a person writes it; it is checked when it is set.
    public static func written(
        weight: String?,
        minSlots: String?,
        maxSlots: String?,
        rate: String?
    ) -> ShareChange {
        ShareChange(weight, minSlots, maxSlots, rate)
    }

    /// Whether it changes how many slots the workspace gets.
    var isOfSlots: Bool {
        settings.contains { ["weight", "min-slots", "max-slots"].contains($0.name) }
    }
}
