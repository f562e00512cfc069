import ADMCatalog
import ADMModel
import ADMTransfer

/// How fast the jobs of one workspace are in this process, and which parts of the bytes a second that are
/// allowed they have.
///
/// Ten times a second the transfers of this process share what it may have; twice a second the processes
/// share what all may have.
struct Pacing: Sendable {
    /// How often transfers share what their process may have.
    static let step = Duration.milliseconds(100)
    /// How often processes share what all may have.
    static let exchange = Duration.milliseconds(500)

    /// One job that runs, as far as it is paced.
    struct Runner: Sendable {
        let number: Int64
        let host: String
        let priority: Int
        let limits: JobLimits
        /// Whether bytes are still to come.
        let isTransferring: Bool

        fileprivate var weight: Double { RateDivision.weight(priority: priority) }
    }

    private struct Use: Sendable {
        var paid: Int64
        var at: ContinuousClock.Instant
        var speed: Double?
        var isHeldUp = true
    }

    /// The bytes a second for each host, as the ledger said last.
    private var parts: [String: Double] = [:]
    private var exchangedAt = ContinuousClock.now
    private var flows: [String: RateLimit] = [:]
    private var uses: [Int64: Use] = [:]

    /// Whether parts were given that must be taken back when limits are lifted.
    var isActive: Bool { parts.values.contains { $0.isFinite } }

    /// The limit that the transfers of this process from a host share.
    mutating func flow(to host: String) -> RateLimit {
        if let limit = flows[host] { return limit }
        let limit = RateLimit(bytesPerSecond: 0)
        flows[host] = limit
        return limit
    }

    /// Looks at what each transfer has used since the last time.
    ///
    /// - Returns: What the ledger is to be told of each host; nil while it need not be told.
    mutating func observe(
        _ runners: [Runner],
        at now: ContinuousClock.Instant = .now
    ) -> [String: LedgerFlow]? {
        let active = runners.filter(\.isTransferring)
        for runner in active { observe(runner, at: now) }
        let groups = Dictionary(grouping: active, by: \.host)
        // A host without transfers begins again, whatever its limit was.
        flows = flows.filter { groups[$0.key] != nil }
        let numbers = Set(active.map(\.number))
        uses = uses.filter { numbers.contains($0.key) }
        let isNew = Set(groups.keys) != Set(parts.keys)
        guard isNew || exchangedAt.duration(to: now) >= Pacing.exchange else { return nil }
        exchangedAt = now
        return groups.mapValues { runners in
            LedgerFlow(
                weight: runners.map(\.weight).reduce(0, +),
                demand: runners.map { demand(of: $0.number) }.reduce(0, +)
            )
        }
    }

    private mutating func observe(_ runner: Runner, at now: ContinuousClock.Instant) {
        let paid = runner.limits.part.paid
        guard var use = uses[runner.number] else {
            uses[runner.number] = Use(paid: paid, at: now)
            return
        }
        let seconds = use.at.duration(to: now).seconds
        guard seconds >= 0.05 else { return }
        let speed = Double(paid - use.paid) / seconds
        use.speed = use.speed.map { $0 * 0.7 + speed * 0.3 } ?? speed
        let wasHeldUp = runner.limits.part.takeHoldUp() || runner.limits.flow.isBehind
        use.isHeldUp = wasHeldUp
        (use.paid, use.at) = (paid, now)
        uses[runner.number] = use
    }

    /// The bytes a second that a job could use: any number if it was held up, else a little more than it
    /// does.
    private func demand(of number: Int64) -> Double {
        guard let use = uses[number], let speed = use.speed, !use.isHeldUp else { return .infinity }
        return max(16_384, speed * 1.25)
    }

    /// Takes the parts that the ledger gave.
    mutating func take(_ parts: [String: Double]) { self.parts = parts }

    /// Gives each transfer its part.
    func apply(to runners: [Runner]) {
        for (host, runners) in Dictionary(grouping: runners, by: \.host) {
            let part = parts[host] ?? .infinity
            guard part.isFinite else {
                for runner in runners { runner.limits.lift() }
                continue
            }
            let active = runners.filter(\.isTransferring)
            let own = RateDivision.parts(
                of: part,
                among: active.map { (weight: $0.weight, demand: demand(of: $0.number)) }
            )
            for (runner, own) in zip(active, own) {
                // What the others leave for a moment may be taken; all together keep to the limit.
                runner.limits.part.bytesPerSecond = max(1, Int64(saturating: own * 1.25))
                runner.limits.flow.bytesPerSecond = max(1, Int64(saturating: part))
            }
        }
    }
}

extension JobLimits {
    /// Nothing limits the job but its own limit.
    fileprivate func lift() {
        for limit in [part, flow] where limit.bytesPerSecond != 0 { limit.bytesPerSecond = 0 }
    }
}
