import ADMModel

/// The speed of a transfer, from the bytes that are recorded once a second.
struct ProgressSpeed: Sendable {
    private var samples: [(bytes: Int64, at: ContinuousClock.Instant)] = []

    /// Takes the bytes on disk at a moment.
    mutating func add(_ bytes: Int64, at now: ContinuousClock.Instant) {
        // Only what changed counts: between two records nothing is known.
        if let last = samples.last, last.bytes == bytes, samples.count > 1,
            last.at.duration(to: now) < .seconds(3)
        {
            return
        }
        samples.append((bytes, now))
        while samples.count > 2, let first = samples.first,
            first.at.duration(to: now) > .seconds(5)
        {
            samples.removeFirst()
        }
    }

    /// Bytes a second over the last seconds.
    var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last else { return 0 }
        let seconds = first.at.duration(to: last.at) / .seconds(1)
        return seconds > 0 ? max(0, Double(last.bytes) - Double(first.bytes)) / seconds : 0
    }
}

/// The speed of a workspace, small files that come and go between two looks included.
struct ThroughputMeter: Sendable {
    /// The last event that was counted.
    private(set) var lastEvent: Int64
    private var known: [Int64: Int64] = [:]
    private var total: Int64 = 0
    private var speed = ProgressSpeed()

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
