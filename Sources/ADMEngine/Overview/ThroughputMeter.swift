import ADMModel

extension SpeedMeter {
    /// A meter of bytes that are recorded once a second.
    static var recorded: SpeedMeter { SpeedMeter(patience: .seconds(3)) }
}

/// The speed of a workspace, small files that come and go between two looks included.
struct ThroughputMeter: Sendable {
    /// The last event that was counted.
    private(set) var lastEvent: Int64
    private var known: [Int64: Int64] = [:]
    private var total: Int64 = 0
    private var speed = SpeedMeter.recorded

    init(after event: Int64) { lastEvent = event }

    /// Takes the running jobs and what happened since the last look.
    mutating func add(
        _ running: [Job],
        _ events: [JobEvent],
        at now: ContinuousClock.Instant
    ) {
        for event in events {
            lastEvent = max(lastEvent, event.sequence ?? 0)
            if case .completed(let done) = event.kind {
                let before = known.removeValue(forKey: event.number, or: 0)
                count(done.totalBytes.subtracting(saturating: before))
            }
        }
        var present: [Int64: Int64] = [:]
        for job in running {
            // What a job had before it was seen here was fetched earlier.
            count(job.bytesDone.subtracting(saturating: known[job.number] ?? job.bytesDone))
            present[job.number] = job.bytesDone
        }
        known = present
        speed.add(total, at: now)
    }

    private mutating func count(_ bytes: Int64) { total = total.adding(saturating: max(0, bytes)) }

    /// Bytes a second over the last seconds.
    var bytesPerSecond: Double { speed.bytesPerSecond }
}

extension Dictionary {
    fileprivate mutating func removeValue(forKey key: Key, or fallback: Value) -> Value {
        removeValue(forKey: key) ?? fallback
    }
}
