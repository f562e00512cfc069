package import ADMModel
import NIOConcurrencyHelpers

/// How far a transfer is, readable at any time from anywhere.
package final class TransferMonitor: Sendable {
    private let state: NIOLockedValueBox<TransferProgress>

    /// Watches one job.
    package init(job: JobID, name: String) {
        state = NIOLockedValueBox(TransferProgress(job: job, name: name))
    }

    /// The state of this moment.
    package var progress: TransferProgress { state.withLockedValue { $0 } }

    /// Changes what is seen.
    package func update(_ change: (inout TransferProgress) -> Void) {
        state.withLockedValue { change(&$0) }
    }
}
