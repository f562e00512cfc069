import ADMCatalog

/// What state a slot of this process is in.
enum Slot: Sendable, Hashable {
    /// The ledger gave it, and a job for it is being claimed.
    case offered
    /// The job with this number transfers in it.
    case running(Int64)
    /// Its transfer ended, and the next pass uses it or gives it back; with what its origin asked for.
    case freed(Budget.CoolDown?)
    /// It was given back, and the ledger was not told yet.
    case owed
}

/// The slots of this process for one workspace, each in exactly one state.
///
/// A slot goes from `offered` to `running`, from there to `freed`, and back to `running` with the next
/// job or on to `owed`; once the ledger knows that it was given back, it is forgotten.
struct Slots: Sendable {
    private struct Entry: Sendable {
        var lease: Lease
        var slot: Slot
    }

    private var entries: [Int64: Entry] = [:]
    /// The slot of each job that transfers.
    private var serials: [Int64: Int64] = [:]

    /// How many jobs transfer.
    var transferring: Int { serials.count }
    /// Whether a slot was given back of which the ledger was not told.
    var hasOwed: Bool { entries.values.contains { $0.slot == .owed } }
    /// The slots that are not given back, in the order in which the ledger gave them.
    var held: [Lease] { leases { $0 != .owed } }

    /// The slots whose transfers ended, in the order in which the ledger gave them.
    var freed: [(lease: Lease, coolDown: Budget.CoolDown?)] {
        entries.values.compactMap { entry in
            if case .freed(let coolDown) = entry.slot { (entry.lease, coolDown) } else { nil }
        }
        .sorted { $0.lease.serial < $1.lease.serial }
    }

    /// The slot in which a job transfers; nil if it has none.
    func lease(of job: Int64) -> Lease? { serials[job].flatMap { entries[$0]?.lease } }

    /// The state of a slot; nil if it is not one of this process.
    func state(_ serial: Int64) -> Slot? { entries[serial]?.slot }

    /// The jobs that transfer in some of the slots, in order.
    func jobs(in preempted: Set<Int64>) -> [Int64] {
        serials.filter { preempted.contains($0.value) }.keys.sorted()
    }

    /// The ledger gave a slot.
    mutating func offer(_ lease: Lease) {
        entries[lease.serial] = Entry(lease: lease, slot: .offered)
    }

    /// A job begins in a slot that was offered or freed, and could use `wanted` connections.
    mutating func run(_ job: Int64, in lease: Lease, wanted: Int = 1) {
        entries[lease.serial]?.slot = .running(job)
        entries[lease.serial]?.lease.want(wanted)
        serials[job] = lease.serial
    }

    /// A job could use `count` connections.
    ///
    /// - Returns: Its slot if that has another number; nil if nothing is to be said or it has none.
    mutating func want(_ count: Int, _ job: Int64) -> Lease? {
        guard let serial = serials[job], let lease = entries[serial]?.lease,
            lease.wanted != count || lease.connections != count
        else { return nil }
        entries[serial]?.lease.want(count)
        return entries[serial]?.lease
    }

    /// The ledger said how many connections the slots have.
    mutating func see(_ connections: [Int64: Int]) {
        for (serial, count) in connections { entries[serial]?.lease.give(count) }
    }

    /// How many connections the slots for a host have that are not given back.
    func connections(of host: String) -> Int {
        entries.values.reduce(0) { sum, entry in
            entry.slot != .owed && entry.lease.host == host ? sum + entry.lease.connections : sum
        }
    }

    /// A job needs its slot no longer; false if it has none.
    mutating func free(_ job: Int64, coolDown: Budget.CoolDown?) -> Bool {
        guard let serial = serials.removeValue(forKey: job) else { return false }
        entries[serial]?.slot = .freed(coolDown)
        return true
    }

    /// A slot is given back.
    mutating func giveBack(_ lease: Lease) { entries[lease.serial]?.slot = .owed }

    /// The ledger knows of every slot that was given back.
    mutating func told() { entries = entries.filter { $0.value.slot != .owed } }

    private func leases(where isWanted: (Slot) -> Bool) -> [Lease] {
        entries.values.filter { isWanted($0.slot) }.map(\.lease).sorted { $0.serial < $1.serial }
    }
}
