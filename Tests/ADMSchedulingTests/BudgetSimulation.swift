import ADMCatalog
import ADMModel
import ADMScheduling

/// Workspaces with queues of jobs under one budget, in virtual time, a second a step.
///
/// The ledger and its moves are the real ones; only clock, processes and transfers are pretended.
/// Each workspace has one process. A transfer that is asked for its slot stops after its
/// checkpoint and goes to the front of its queue; going on costs it two seconds.
struct BudgetSimulation {
    /// A job that waits or runs, in seconds that are left.
    struct Work {
        var left: Int
        var isResumable = true
        /// How many connections it could use.
        var connections = 1
        let arrivedAt: Int
    }

    private struct Running {
        var work: Work
        let lease: Lease
        var stopsAt: Int?
    }

    /// What happened to one workspace.
    struct Record {
        /// Slot-seconds, by the window of 500 s.
        var windows: [Double] = []
        var slotSeconds = 0.0
        var waits: [Int] = []
        /// Whether it wanted more than it had in every second of a window.
        var backlogged: [Bool] = []
    }

    static let window = 500

    private(set) var state: LedgerState
    private(set) var records: [String: Record] = [:]
    /// The longest time in a row that a slot was free while somebody could have used it.
    private(set) var longestIdle = 0
    /// How often more leases than slots were seen.
    private(set) var overruns = 0
    private let policy: FairShare
    private var queues: [String: [Work]] = [:]
    private var running: [String: [Running]] = [:]
    private var idle = 0
    private var isDisturbed = false
    private var generator: SplitMix64
    private(set) var now = 0

    init(slots: Int, weights: [String: Int], seed: UInt64, policy: FairShare = FairShare()) {
        self.init(BudgetLimits(slots: slots), weights: weights, seed: seed, policy: policy)
    }

    init(
        _ limits: BudgetLimits,
        weights: [String: Int],
        seed: UInt64,
        policy: FairShare = FairShare()
    ) {
        state = LedgerState(generation: "simulated", quietUntil: 0, limits: limits)
        self.policy = policy
        generator = SplitMix64(state: seed)
        for (name, weight) in weights {
            state.join(
                name,
                LedgerHolder(process: 1, role: "run", capacity: 1000, joinedAt: 0)
            )
            state.register(name, name: name, share: WorkspaceShare(weight: weight), now: 0)
            records[name] = Record()
            queues[name] = []
            running[name] = []
        }
    }

    /// Changes what a workspace may have, as `adm ws set` does.
    mutating func change(_ workspace: String, _ share: WorkspaceShare) {
        state.register(workspace, name: workspace, share: share, now: time)
    }

    /// Changes what all may have, as `adm budget set` does.
    mutating func change(_ limits: BudgetLimits) { state.limits = limits }

    /// A number from the simulation's own generator.
    mutating func random(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    /// Puts a job at the end of a queue.
    mutating func add(
        _ workspace: String,
        seconds: Int,
        isResumable: Bool = true,
        connections: Int = 1
    ) {
        queues[workspace]?.append(
            Work(
                left: seconds,
                isResumable: isResumable,
                connections: connections,
                arrivedAt: now
            )
        )
    }

    /// How many slots a workspace has now.
    func slots(of workspace: String) -> Int { running[workspace]?.count ?? 0 }

    /// How many jobs of a workspace wait.
    func waiting(in workspace: String) -> Int { queues[workspace]?.count ?? 0 }

    private var time: Int64 { Int64(now) * 1000 }

    /// Lets a second pass.
    mutating func step() {
        for name in running.keys.sorted() { finish(name) }
        for name in queues.keys.sorted().shuffled(using: &generator) { waiter(name) }
        // Quiet seconds change nothing but the time that slots were had.
        if isDisturbed || now.isMultiple(of: 4) { policy.settle(&state, now: time) }
        isDisturbed = false
        for name in queues.keys.sorted() { start(name) }
        obey()
        account()
        now += 1
    }

    private mutating func finish(_ name: String) {
        for item in running[name] ?? [] {
            let isDone = item.work.left <= 0
            guard isDone || item.stopsAt.map({ $0 <= now }) ?? false else { continue }
            isDisturbed = true
            running[name]?.removeAll { $0.lease.serial == item.lease.serial }
            if !isDone {
                var rest = item.work
                rest.left += 2
                queues[name]?.insert(rest, at: 0)
            }
            state.giveBack(item.lease.serial, holder: name, now: time, policy: policy)
        }
    }

    /// Tells the ledger what a workspace could use now.
    private mutating func waiter(_ name: String) {
        let key = Waiter.Key(holder: name, workspace: name)
        let demand = min(state.limits.capacity + 1, queues[name]?.count ?? 0)
        guard demand != state.waiters[key]?.demand ?? 0 else { return }
        isDisturbed = true
        guard demand > 0 else { return state.withdraw(key, now: time, policy: policy) }
        let waiter = Waiter(
            key: key,
            candidates: [
                Waiter.Candidate(
                    job: 1,
                    host: name,
                    connections: queues[name]?.first?.connections ?? 1
                )
            ],
            sortKey: 0,
            demand: demand
        )
        begin(name, state.request(waiter, now: time, policy: policy))
    }

    private mutating func start(_ name: String) {
        begin(name, state.take(Waiter.Key(holder: name, workspace: name), now: time))
    }

    private mutating func begin(_ name: String, _ leases: [Lease]) {
        for lease in leases {
            guard let next = queues[name]?.first else {
                state.giveBack(lease.serial, holder: name, now: time, policy: policy)
                continue
            }
            var own = state.leases[lease.serial] ?? lease
            own.isResumable = next.isResumable
            own.wanted = next.connections
            state.describe(own)
            queues[name]?.removeFirst()
            records[name]?.waits.append(now - next.arrivedAt)
            running[name]?.append(Running(work: next, lease: lease))
        }
    }

    /// Transfers that are asked for their slot stop at their next checkpoint.
    private mutating func obey() {
        for name in running.keys.sorted() {
            for index in running[name, default: []].indices {
                guard let item = running[name]?[index], item.stopsAt == nil,
                    state.leases[item.lease.serial]?.state == .yielding
                else { continue }
                let stop = now + random(1...2)
                running[name]?[index].stopsAt = stop
            }
        }
    }

    /// How much a workspace has of what is shared out.
    private func amount(of name: String) -> Int {
        let own = running[name, default: []]
        guard state.limits.unit == .connections else { return own.count }
        return own.reduce(0) { $0 + (state.leases[$1.lease.serial]?.connections ?? 0) }
    }

    private mutating func account() {
        let used = running.keys.reduce(0) { $0 + amount(of: $1) }
        if used > state.limits.capacity { overruns += 1 }
        let isWaiting = queues.contains { !$0.value.isEmpty }
        idle = used < state.limits.capacity && isWaiting ? idle + 1 : 0
        longestIdle = max(longestIdle, idle)
        let place = now / BudgetSimulation.window
        for name in queues.keys {
            let count = amount(of: name)
            for index in running[name, default: []].indices {
                running[name]?[index].work.left -= 1
            }
            if records[name]?.windows.count ?? 0 <= place {
                records[name]?.windows.append(0)
                records[name]?.backlogged.append(true)
            }
            records[name]?.windows[place] += Double(count)
            records[name]?.slotSeconds += Double(count)
            if queues[name]?.isEmpty ?? true { records[name]?.backlogged[place] = false }
        }
    }
}

/// Jain's index of some parts: 1 if all are equal, 1/n if one has everything.
func jain(_ parts: [Double]) -> Double {
    let sum = parts.reduce(0, +)
    let squares = parts.map { $0 * $0 }.reduce(0, +)
    return squares > 0 ? sum * sum / (Double(parts.count) * squares) : 1
}

/// A small seeded generator, so that a failing case can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
