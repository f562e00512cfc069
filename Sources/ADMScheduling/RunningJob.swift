import ADMModel
import ADMTransfer

/// A job that runs here: what steers it and shows how far it is.
struct RunningJob: Sendable {
    let job: Job
    /// Where it fetches from, as its slot says.
    let host: String
    let monitor: TransferMonitor
    let stop: StopRequest
    let settings: Result<TransferSettings, Failure>
    /// Whether somebody here waits for it.
    let isForeground: Bool
    var limits: JobLimits
    /// The job's own speed limit as it is written.
    var ownRate: Rate?
}
