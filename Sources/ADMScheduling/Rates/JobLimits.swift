package import ADMModel
package import ADMTransfer
import Foundation

/// The speed limits of one running job.
package struct JobLimits: Sendable {
    /// Its own, from `limit-rate`.
    package let own = RateLimit(bytesPerSecond: 0)
    /// Its part of what its workspace, its host and all together may have.
    package let part = RateLimit(bytesPerSecond: 0)
    /// What all transfers of this process for the same workspace and host may have.
    package let flow: RateLimit
    /// The job's own limit through the day.
    var rate: Rate

    /// Begins with the job's own limit.
    package init(own rate: Rate, flow: RateLimit) {
        self.rate = rate
        self.flow = flow
        refresh()
    }

    /// Takes the limit of the present hour.
    func refresh(at now: Date = Date()) {
        let present = rate.bytes(at: now)
        if own.bytesPerSecond != present { own.bytesPerSecond = present }
    }

    /// All of them.
    package var all: [RateLimit] { [own, part, flow] }
}
