/// When the queue was looked after, and when it is time again.
struct Housekeeping: Sendable {
    /// When the jobs of dead processes were last looked for.
    var recoveredAt: ContinuousClock.Instant?
    /// When the next job's time comes, by the clock of the machine.
    var nextDue: ContinuousClock.Instant?
    /// Sees that the clock is put back.
    var clock = ClockWatch()
    /// Jobs whose file was to be moved to its final name when their run failed.
    var unsettled: Set<Int64> = []
}
