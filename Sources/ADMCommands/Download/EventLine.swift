import ADMModel
import Foundation

/// An event as one line of JSON; `docs/events.md` describes the fields.
///
/// Fields are only ever added.
struct EventLine: Encodable {
    private let event: JobEvent

    init(_ event: JobEvent) { self.event = event }

    /// The line, without the line feed.
    var text: String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    private enum Key: String, CodingKey {
        case version = "v"
        case type = "event_type"
        case occurredAt = "occurred_at"
        case downloadID = "download_id"
        case job
        case url
        case sequence
        case priority
        case totalBytes = "total_bytes"
        case bytesDownloaded = "bytes_downloaded"
        case chunkSize = "chunk_size"
        case progressPercent = "progress_percent"
        case connections
        case phase
        case speed
        case destinationPath = "destination_path"
        case elapsedSeconds = "elapsed_seconds"
        case averageSpeed = "average_speed_bps"
        case validation
        case error
        case reason
        case cancelledFrom = "cancelled_from"
        case retry
        case maxRetries = "max_retries"
        case delaySeconds = "delay_seconds"
        case algorithm
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(1, forKey: .version)
        try line.encode(event.name, forKey: .type)
        try line.encode(EventLine.time(event.occurredAt), forKey: .occurredAt)
        try line.encode(event.job, forKey: .downloadID)
        try line.encode(event.number, forKey: .job)
        try line.encode(event.url, forKey: .url)
        try line.encodeIfPresent(event.sequence, forKey: .sequence)
        switch event.kind {
        case .queued(let priority): try line.encode(priority, forKey: .priority)
        case .started(let total): try line.encodeIfPresent(total, forKey: .totalBytes)
        case .progress(let progress): try encode(progress, into: &line)
        case .completed(let completion): try encode(completion, into: &line)
        case .failed(let failure): try line.encode(Fault(failure), forKey: .error)
        case .skipped(let reason, let path):
            try line.encode(reason, forKey: .reason)
            try line.encodeIfPresent(path, forKey: .destinationPath)
        case .cancelled(let state):
            let word = state == .running ? "in_progress" : "queued"
            try line.encode(word, forKey: .cancelledFrom)
        case .retrying(let retry, let most, let delay, let failure):
            try line.encode(retry, forKey: .retry)
            try line.encode(most, forKey: .maxRetries)
            try line.encode(delay, forKey: .delaySeconds)
            try line.encode(Fault(failure), forKey: .error)
        case .validating(let algorithm): try line.encode(algorithm, forKey: .algorithm)
        }
    }

    private func encode(
        _ progress: TransferProgress,
        into line: inout KeyedEncodingContainer<Key>
    ) throws {
        try line.encode(progress.bytesDone, forKey: .bytesDownloaded)
        try line.encode(progress.bytesThisRun, forKey: .chunkSize)
        try line.encodeIfPresent(progress.bytesTotal, forKey: .totalBytes)
        try line.encodeIfPresent(progress.percent, forKey: .progressPercent)
        try line.encode(progress.connections, forKey: .connections)
        try line.encode(progress.phase, forKey: .phase)
        try line.encode(Speed(progress), forKey: .speed)
    }

    private func encode(
        _ completion: JobEvent.Completion,
        into line: inout KeyedEncodingContainer<Key>
    ) throws {
        try line.encode(completion.destinationPath, forKey: .destinationPath)
        try line.encode(completion.totalBytes, forKey: .totalBytes)
        try line.encode(completion.elapsedSeconds, forKey: .elapsedSeconds)
        try line.encode(completion.averageSpeed, forKey: .averageSpeed)
        try line.encodeIfPresent(completion.verification.map(Validation.init), forKey: .validation)
    }

    private static func time(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
        )
    }

    private struct Speed: Encodable {
        let currentSpeedBps: Double
        let averageSpeedBps: Double
        let etaSeconds: Double?
        let elapsedSeconds: Double

        init(_ progress: TransferProgress) {
            currentSpeedBps = progress.currentSpeed
            averageSpeedBps = progress.averageSpeed
            etaSeconds = progress.etaSeconds
            elapsedSeconds = progress.elapsedSeconds
        }
    }

    private struct Fault: Encodable {
        let excType: String
        let message: String
        let hint: String?

        init(_ failure: Failure) {
            excType = failure.code.rawValue
            message = failure.message
            hint = failure.hint
        }
    }

    private struct Validation: Encodable {
        let algorithm: DigestAlgorithm
        let expectedHash: String
        let calculatedHash: String
        let isValid: Bool
        let source: Verification.Source

        init(_ verification: Verification) {
            algorithm = verification.checksum.algorithm
            expectedHash = verification.checksum.hex
            calculatedHash = verification.checksum.hex
            isValid = true
            source = verification.source
        }
    }
}
