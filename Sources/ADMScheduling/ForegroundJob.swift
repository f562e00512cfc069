import ADMModel

/// A job that somebody in this process waits for.
struct ForegroundJob: Sendable {
    let job: Job
    /// Header fields for this run, secrets among them.
    let fields: [HeaderField]
}
