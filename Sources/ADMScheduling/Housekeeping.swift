/// When the queue was looked after, and when it is time again.
struct Housekeeping: Sendable {
    /// When the jobs of dead processes were last looked for.
    var recoveredAt: ContinuousClock.Instant?
    /// When the next job's time comes, by the clock of the machine.
    var nextDue: ContinuousClock.Instant?
    /// Sees that the clock is put back.
    var clock = ClockWatch()
}
