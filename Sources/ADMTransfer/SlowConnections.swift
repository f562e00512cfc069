import ADMModel

/// Ends a request that is far slower than others of the same file; no failure.
struct TooSlow: Error {}

/// Finds connections that are far slower than others have been, so that their rest is asked for anew.
///
/// A pure value: the owner reports what each connection has written and is told which to end.
struct SlowConnections: Sendable {
    /// What one connection has done.
    struct Report: Sendable {
        let number: Int
        let filled: Int64
        let missing: Int64
    }

    /// The time over which a speed is measured, and the shortest rest worth a new request.
    private static let window = Duration.seconds(5)
    /// A connection is slow below this part of the best speed that one connection had.
    private static let share = 8.0
    /// A server may be slow for all: after so many replacements it is left alone.
    private static let limit = 16

    private var meters: [Int: SpeedMeter] = [:]
    private var best = 0.0
    private var replaced = 0

    /// Takes the state of all connections.
    ///
    /// - Returns: The connections to end.
    mutating func observe(
        _ reports: [Report],
        at now: ContinuousClock.Instant
    ) -> [Int] {
        var slow: [Int] = []
        for report in reports {
            var meter = meters[report.number] ?? SpeedMeter(window: SlowConnections.window)
            meter.add(report.filled, at: now)
            meters[report.number] = meter
            guard meter.span >= SlowConnections.window else { continue }
            let speed = meter.bytesPerSecond
            best = max(best, speed)
            let rest = Double(report.missing) / max(speed, 1)
            if speed * SlowConnections.share < best, rest > SlowConnections.window.seconds {
                slow.append(report.number)
            }
        }
        slow = Array(slow.prefix(max(0, SlowConnections.limit - replaced)))
        replaced += slow.count
        return slow
    }

    /// Forgets a connection that has ended, keeping what its speed tells of the server.
    mutating func forget(_ number: Int) {
        guard let meter = meters.removeValue(forKey: number), meter.span >= .seconds(1) else {
            return
        }
        best = max(best, meter.bytesPerSecond)
    }
}
