import ADMModel
import Foundation

/// Events of one download, at given seconds.
struct Events {
    /// The job.
    let job: JobID
    /// Its number.
    let number: Int64

    init(job: String = "01JD0000000000000000000001", number: Int64 = 12) throws {
        guard let id = JobID(job) else { throw CocoaError(.formatting) }
        self.job = id
        self.number = number
    }

    func event(
        _ kind: JobEvent.Kind,
        at seconds: Double = 0,
        sequence: Int64? = nil
    ) -> JobEvent {
        JobEvent(
            sequence: sequence,
            occurredAt: Date(timeIntervalSince1970: 1_764_000_000.25 + seconds),
            job: job,
            number: number,
            url: "https://example.org/pub/ubuntu.iso?token=***",
            kind: kind
        )
    }

    func progress(
        _ done: Int64,
        of total: Int64?,
        at seconds: Double,
        phase: TransferProgress.Phase = .downloading
    ) -> JobEvent {
        let progress = TransferProgress(
            job: job,
            name: "ubuntu.iso",
            bytesDone: done,
            bytesTotal: total,
            bytesThisRun: done,
            currentSpeed: 1_048_576,
            averageSpeed: 524_288.4,
            etaSeconds: total.map { Double($0 - done) / 1_048_576 },
            elapsedSeconds: seconds,
            connections: 4,
            phase: phase
        )
        return event(.progress(progress), at: seconds)
    }

    static func completion(
        path: String = "/home/ann/Downloads/ubuntu.iso",
        bytes: Int64 = 356_515_840,
        fetched: Double = 356_515_840,
        seconds: Double = 12.3,
        verification: Verification? = nil
    ) -> JobEvent.Completion {
        JobEvent.Completion(
            destinationPath: path,
            totalBytes: bytes,
            elapsedSeconds: seconds,
            averageSpeed: seconds > 0 ? fetched / seconds : 0,
            verification: verification
        )
    }
}
