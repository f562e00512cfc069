import ADMCatalog

/// How many connections the transfer of a slot could use, and how many it may have.
extension Lease {
    /// Whether the transfer would use more connections than it has.
    var isHungry: Bool { state != .yielding && wanted > connections }

    /// The transfer could use `count` connections: those that it has beyond are free.
    mutating func want(_ count: Int) {
        wanted = max(1, count)
        give(connections)
    }

    /// The transfer may have `count` connections, or fewer if it could not use them all.
    mutating func give(_ count: Int) { connections = min(count, wanted) }
}
