import ADMModel

/// Ends a request whose bytes come faster from elsewhere; no failure.
struct TooSlow: Error {}

/// How fast each connection of a file is, and which of them hold the others up.
///
/// A pure value: the owner reports what each connection has written and asks.
struct ConnectionSpeeds: Sendable {
    /// What one connection has done.
    struct Report: Sendable {
        let number: Int
        let filled: Int64
        let missing: Int64
    }

    /// The time over which a speed is measured.
    private static let window = Duration.seconds(1)
    /// A connection that was watched for less is taken for an average one.
    private static let shortest = Duration.milliseconds(100)
    /// A connection is slow below this part of the usual speed.
    private static let share = 8.0
    /// A server may be slow for all: after this many replacements it is left alone.
    private static let limit = 16

    private var meters: [Int: SpeedMeter] = [:]
    private var missing: [Int: Int64] = [:]
    private var replaced = 0
    /// The speed of a connection in the middle among those that were seen together last, in bytes a
    /// second; nil before two were.
    private(set) var usual: Double?

    /// Takes the state of all connections.
    mutating func add(_ reports: [Report], at now: ContinuousClock.Instant) {
        missing = [:]
        for report in reports {
            meters[report.number, default: SpeedMeter(window: ConnectionSpeeds.window)]
                .add(report.filled, at: now)
            missing[report.number] = report.missing
        }
        let speeds = reports.compactMap { measured($0.number) }.sorted()
        if speeds.count > 1 { usual = speeds[speeds.count / 2] }
    }

    /// Forgets a connection that has ended.
    mutating func forget(_ number: Int) {
        meters[number] = nil
        missing[number] = nil
    }

    private func measured(_ number: Int) -> Double? {
        guard let meter = meters[number], meter.span >= ConnectionSpeeds.shortest else {
            return nil
        }
        return meter.bytesPerSecond
    }

    /// The speed of a connection; that of a usual one if it is too young to tell, nil if there is
    /// none to compare with.
    func speed(of number: Int) -> Double? { measured(number) ?? usual }

    /// The bytes that a usual connection fetches in a time.
    func piece(lasting time: Duration) -> Int64 {
        min(ByteCount.limit, Int64(saturating: (usual ?? 0) * time.seconds))
    }

    /// The seconds until a connection has filled what it has before it.
    func rest(of number: Int, missing: Int64) -> Double {
        Double(missing) / max(speed(of: number) ?? 1, 1)
    }

    /// Which part of its rest a connection gives to another of the usual speed, so that both end at the
    /// same time.
    func shareToGive(by number: Int) -> Double {
        guard let usual, let own = measured(number) else { return 0.5 }
        return min(0.98, max(0.5, usual / max(usual + own, 1)))
    }

    /// The connections that are far slower than the others, and have long to go: their rest is to be
    /// asked for again.
    mutating func takeSlow(roundTrip: Duration) -> [Int] {
        let window = max(ConnectionSpeeds.window, roundTrip * 8)
        guard let usual else { return [] }
        let slow = meters.filter { number, meter in
            guard meter.span >= ConnectionSpeeds.window, let left = missing[number] else {
                return false
            }
            let speed = meter.bytesPerSecond
            return speed * ConnectionSpeeds.share < usual
                && Double(left) / max(speed, 1) > window.seconds
        }
        let chosen = slow.keys.sorted().prefix(max(0, ConnectionSpeeds.limit - replaced))
        replaced += chosen.count
        return Array(chosen)
    }

    /// Whether another connection that begins now would be done with a rest in less than half of the
    /// time that this one still needs.
    func isOvertaken(_ number: Int, missing: Int64, roundTrip: Duration) -> Bool {
        guard let usual, usual > 0 else { return false }
        let other = Double(missing) / usual + (roundTrip * 3).seconds
        return rest(of: number, missing: missing) > max(2 * other, 0.05)
    }
}
