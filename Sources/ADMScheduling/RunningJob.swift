import ADMModel
import ADMTransfer

/// A job that runs here: what steers it and shows how far it is.
struct RunningJob: Sendable {
    /// What does not change while it runs; shared, because all running jobs are looked at often.
    final class Facts: Sendable {
        let job: Job
        let host: String
        let monitor: TransferMonitor
        let stop: StopRequest
        let settings: Result<TransferSettings, Failure>
        let isForeground: Bool
        let allowance: ConnectionAllowance

        init(
            job: Job,
            host: String,
            monitor: TransferMonitor,
            stop: StopRequest,
            settings: Result<TransferSettings, Failure>,
            isForeground: Bool,
            allowance: ConnectionAllowance
        ) {
            self.job = job
            self.host = host
            self.monitor = monitor
            self.stop = stop
            self.settings = settings
            self.isForeground = isForeground
            self.allowance = allowance
        }
    }

    let facts: Facts
    var limits: JobLimits
    /// The job's own speed limit as it is written.
    var ownRate: Rate?

    var job: Job { facts.job }
    /// Where it fetches from, as its slot says.
    var host: String { facts.host }
    var monitor: TransferMonitor { facts.monitor }
    var stop: StopRequest { facts.stop }
    var settings: Result<TransferSettings, Failure> { facts.settings }
    /// Whether somebody here waits for it.
    var isForeground: Bool { facts.isForeground }
    /// How many connections its transfer may have.
    var allowance: ConnectionAllowance { facts.allowance }
}
