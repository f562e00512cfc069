package import ADMModel

/// What became of a wish to cancel a job.
package enum CancelOutcome: Sendable, Hashable {
    /// It is cancelled, and so are the jobs that waited for it.
    case cancelled([JobEvent])
    /// A living process executes it and was told; it stops within two seconds.
    case requested
    /// It is finished or just being finished; nothing was changed.
    case unchanged(JobState)
}
