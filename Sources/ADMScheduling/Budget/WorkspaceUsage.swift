/// What one workspace uses of the budget at one moment, is entitled to, and has had.
struct WorkspaceUsage: Sendable {
    var weight: Int
    var minimum: Int
    var maximum: Int
    var isPaused: Bool
    /// Its slots, offered ones too.
    var running = 0
    /// Its slots that it has been asked to give back.
    var yielding = 0
    /// How many more it could use.
    var demand = 0
    /// The part of all slots that is due to it.
    var entitled = 0.0
    /// What it has had.
    var served = 0.0
    /// Its slots by host.
    var hosts: [String: Int] = [:]
}

extension WorkspaceUsage {
    /// How urgently it is owed a slot, with the slots that it has now.
    var urgency: Urgency {
        if running < minimum { return .belowMinimum }
        let owed = entitled - Double(running)
        if owed >= 1 - 1e-6 { return .owedWhole }
        return owed > 1e-6 ? .owedFraction : .beyond
    }
}

/// How urgently a workspace is owed a slot.
enum Urgency: Int, Comparable {
    case belowMinimum
    case owedWhole
    case owedFraction
    case beyond

    static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
}
