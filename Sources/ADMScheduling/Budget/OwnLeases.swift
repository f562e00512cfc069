import ADMCatalog
import ADMTransfer

/// The slots that this process has, as it knows them between two changes of the ledger.
struct OwnLeases: Sendable {
    private var leases: [Int64: Lease] = [:]
    /// How many connections the transfer of each slot may have.
    private var allowances: [Int64: ConnectionAllowance] = [:]
    /// Slots that were given back and of which the ledger was not told.
    private(set) var givenBack: Set<Int64> = []

    /// All of them.
    var all: [Lease] { Array(leases.values) }

    /// The ledger gave slots.
    mutating func take(_ granted: [Lease]) {
        for lease in granted {
            leases[lease.serial] = lease
            allowances[lease.serial] = ConnectionAllowance(lease.connections)
        }
    }

    /// A job has a slot from now on, and could use `wanted` connections.
    ///
    /// - Returns: How many its transfer may have.
    mutating func reuse(_ lease: Lease, job: Int64, wanted: Int) -> ConnectionAllowance {
        leases[lease.serial]?.job = job
        leases[lease.serial]?.isResumable = true
        want(wanted, in: lease)
        return allowances[lease.serial] ?? ConnectionAllowance(lease.connections)
    }

    /// The transfer of a slot could use `count` connections, and uses those beyond no longer.
    mutating func want(_ count: Int, in lease: Lease) {
        change(lease.serial) { $0.want(count) }
    }

    /// The transfer of a slot would lose its bytes if it were stopped.
    mutating func keep(_ lease: Lease) { leases[lease.serial]?.isResumable = false }

    /// A slot is given back.
    mutating func giveBack(_ lease: Lease) {
        leases[lease.serial] = nil
        allowances[lease.serial] = nil
        givenBack.insert(lease.serial)
    }

    /// The ledger knows of slots that were given back, and said how many connections the others have.
    mutating func see(_ connections: [Int64: Int], told: Set<Int64>) {
        givenBack.subtract(told)
        for (serial, count) in connections { change(serial) { $0.give(count) } }
    }

    /// Changes how many connections a slot has, and tells its transfer.
    private mutating func change(_ serial: Int64, _ body: (inout Lease) -> Void) {
        guard var lease = leases[serial] else { return }
        body(&lease)
        leases[serial] = lease
        allowances[serial]?.set(lease.connections)
    }
}
