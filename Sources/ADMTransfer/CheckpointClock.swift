/// How much was handed to the disk without waiting for it.
struct Flushes {
    /// This many bytes are worth a call.
    static let step: Int64 = 8_388_608
    var isRunning = false
    var bytes: Int64 = 0
}

/// When the next checkpoint is due: one second after the last one ended.
struct CheckpointClock {
    private var isRunning = false
    private var last = ContinuousClock.now

    func isDue(at now: ContinuousClock.Instant) -> Bool {
        !isRunning && last.duration(to: now) >= .seconds(1)
    }

    mutating func begin() { isRunning = true }

    mutating func finished(at now: ContinuousClock.Instant) {
        isRunning = false
        last = now
    }
}
