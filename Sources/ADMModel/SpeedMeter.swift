/// Speed over the last seconds, from samples of a growing number.
///
/// Pure.
package struct SpeedMeter: Sendable {
    private var samples: [(time: ContinuousClock.Instant, bytes: Int64)] = []
    private let window: Duration
    private let patience: Duration

    /// Creates a meter that looks back over a time.
    ///
    /// A number that has not changed is no sample before `patience` is over, for numbers that are recorded
    /// less often than they are read.
    package init(window: Duration = .seconds(5), patience: Duration = .zero) {
        self.window = window
        self.patience = patience
    }

    /// Takes a sample of all bytes so far.
    package mutating func add(_ bytes: Int64, at time: ContinuousClock.Instant) {
        if let last = samples.last, last.bytes == bytes, samples.count > 1,
            last.time.duration(to: time) < patience
        {
            return
        }
        samples.append((time, bytes))
        let oldest = time.advanced(by: .zero - window)
        while samples.count > 2, samples[1].time <= oldest { samples.removeFirst() }
    }

    /// The time between the oldest sample in the window and the newest.
    package var span: Duration {
        guard let first = samples.first, let last = samples.last else { return .zero }
        return first.time.duration(to: last.time)
    }

    /// Bytes a second over the window; 0 before the second sample.
    package var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, samples.count > 1 else {
            return 0
        }
        let seconds = first.time.duration(to: last.time) / .seconds(1)
        return seconds > 0 ? max(0, (Double(last.bytes) - Double(first.bytes)) / seconds) : 0
    }
}
