import ADMCatalog
import ADMModel
import ADMTransfer

/// How running jobs get their parts of the bytes a second that are allowed.
///
/// Ten times a second the transfers of this process share what it may have, twice a second the processes
/// share what all may have.
extension Scheduler {
    private static let step = Duration.milliseconds(100)
    private static let exchange = Duration.milliseconds(500)

    /// Shares out as long as there is a limit.
    func pace() async {
        while !Task.isCancelled {
            // A job that begins takes its part by itself.
            try? await Task.sleep(for: running.isEmpty ? Scheduler.exchange : Scheduler.step)
            for item in running.values { item.limits.refresh() }
            guard decision.isRateLimited || pacing.isActive else { continue }
            await shareRates()
        }
    }

    /// Looks at what each transfer used, and gives each its part anew.
    func shareRates() async {
        let items = running.values.filter { !$0.isFinishing }
        let groups = Dictionary(grouping: items, by: \.lease.host)
        for item in items { pacing.observe(item) }
        // A host without transfers begins anew, whatever its limit was.
        pacing.flows = pacing.flows.filter { groups[$0.key] != nil }
        pacing.keep(Set(items.map(\.job.number)))
        let isNew = Set(groups.keys) != Set(pacing.parts.keys)
        if isNew || pacing.exchangedAt.duration(to: .now) >= Scheduler.exchange {
            pacing.exchangedAt = .now
            let flows = groups.mapValues { items in
                LedgerFlow(
                    weight: items.map { RateDivision.weight(priority: $0.job.request.priority) }
                        .reduce(0, +),
                    demand: items.map { pacing.demand(of: $0.job.number) }.reduce(0, +)
                )
            }
            // Where the ledger cannot be used now, the parts of before go on.
            guard let member,
                let parts = try? await configuration.budget.share(flows, of: member)
            else { return }
            pacing.parts = parts
        }
        apply()
    }

    private func apply() {
        for (host, items) in Dictionary(grouping: running.values, by: \.lease.host) {
            let part = pacing.parts[host] ?? .infinity
            guard part.isFinite else {
                for item in items { item.limits.lift() }
                continue
            }
            let active = items.filter { !$0.isFinishing }
            let own = RateDivision.parts(
                of: part,
                among: active.map {
                    (
                        weight: RateDivision.weight(priority: $0.job.request.priority),
                        demand: pacing.demand(of: $0.job.number)
                    )
                }
            )
            for (item, own) in zip(active, own) {
                // What the others leave for a moment may be taken; all together keep to the limit.
                item.limits.part.bytesPerSecond = max(1, Int64(saturating: own * 1.25))
                item.limits.flow.bytesPerSecond = max(1, Int64(saturating: part))
            }
        }
    }

    /// Takes the limits that somebody gave to running jobs.
    func noticeOwnRates(_ rates: [Int64: Rate]) {
        for (number, own) in rates {
            guard let item = running[number], item.ownRate != own else { continue }
            running[number]?.ownRate = own
            var request = item.job.request
            request.settings.limitRate = own
            // Who wrote it checked it; what cannot be read any more changes nothing.
            guard let rate = try? configuration.settings(request).limitRate else { continue }
            running[number]?.limits.rate = rate
            running[number]?.limits.refresh()
        }
    }

    /// The limit that the transfers of this process from a host share.
    func flow(to host: String) -> RateLimit {
        if let limit = pacing.flows[host] { return limit }
        let limit = RateLimit(bytesPerSecond: 0)
        pacing.flows[host] = limit
        return limit
    }
}

extension JobLimits {
    /// Nothing limits the job but its own limit.
    fileprivate func lift() {
        for limit in [part, flow] where limit.bytesPerSecond != 0 { limit.bytesPerSecond = 0 }
    }
}

/// What the scheduler knows of the speeds of its jobs.
struct Pacing: Sendable {
    private struct Use: Sendable {
        var paid: Int64
        var at: ContinuousClock.Instant
        var speed: Double?
        var isHeldUp = true
    }

    /// The bytes a second for each host, as the ledger said last.
    var parts: [String: Double] = [:]
    /// When the ledger was asked last.
    var exchangedAt = ContinuousClock.now
    /// The limits by host.
    var flows: [String: RateLimit] = [:]
    private var uses: [Int64: Use] = [:]

    /// Whether parts were given that must be taken back when limits are lifted.
    var isActive: Bool { parts.values.contains { $0.isFinite } }

    /// Looks at what a job has used since the last time.
    mutating func observe(_ item: RunningJob) {
        let now = ContinuousClock.now
        let paid = item.limits.part.paid
        guard var use = uses[item.job.number] else {
            uses[item.job.number] = Use(paid: paid, at: now)
            return
        }
        let seconds = use.at.duration(to: now).seconds
        guard seconds >= 0.05 else { return }
        let speed = Double(paid - use.paid) / seconds
        use.speed = use.speed.map { $0 * 0.7 + speed * 0.3 } ?? speed
        let wasHeldUp = item.limits.part.takeHoldUp() || item.limits.flow.isBehind
        use.isHeldUp = wasHeldUp
        (use.paid, use.at) = (paid, now)
        uses[item.job.number] = use
    }

    /// Forgets all jobs but these.
    mutating func keep(_ numbers: Set<Int64>) { uses = uses.filter { numbers.contains($0.key) } }

    /// The bytes a second that a job could use: any number where it was held up, else a little more
    /// than it does.
    func demand(of number: Int64) -> Double {
        guard let use = uses[number], let speed = use.speed, !use.isHeldUp else { return .infinity }
        return max(16_384, speed * 1.25)
    }
}
