import ADMModel
import Foundation

/// Decides which lines tell of progress where nothing can be drawn: in logs, files and pipes.
///
/// Each file has a line at its start and at its end, at every retry, and while a digest is computed.
/// Between them there is one when another tenth is there and at least a second has passed since the last
/// one, and one after a silence of 5 s, then 10 s, 20 s and so on up to 5 minutes. So a file has at most
/// seventeen lines besides those for retries and the digest, and twelve more for each hour.
struct PlainProgress: Sendable {
    private struct File {
        var name: String
        var tenth = 0
        var lastLine: Date
        var patience = PlainProgress.firstPatience
    }

    private static let firstPatience = 5.0
    private static let longestPatience = 300.0
    private static let pause = 1.0

    private let summary: Summary
    private var files: [JobID: File] = [:]

    /// Begins without any file; `summary` writes how jobs ended.
    init(summary: Summary) { self.summary = summary }

    /// The lines to print for an event, without their ends; most events have none.
    mutating func lines(for event: JobEvent) -> [String] {
        let texts = texts(for: event)
        if event.endsRun {
            files[event.job] = nil
        } else if !texts.isEmpty {
            files[event.job]?.lastLine = event.occurredAt
        }
        return texts.map { "[\(event.number)] \($0)" }
    }

    private mutating func texts(for event: JobEvent) -> [String] {
        switch event.kind {
        case .queued, .paused: return []
        case .started(let total):
            let length = total.map { "\(ByteCount($0))" } ?? "length unknown"
            let isKnown = files[event.job] != nil
            note(event, name: nil)
            // Later attempts were announced by the retry.
            return isKnown ? [] : ["started \(Terminal.printable(event.url)), \(length)"]
        case .progress(let progress):
            note(event, name: progress.name)
            return isDue(progress, event) ? [text(progress)] : []
        case .retrying(let retry, let limit, let delay, let failure):
            note(event, name: nil)
            let wait = DurationText.remaining(delay)
            return [
                "\(name(event)): \(Terminal.printable(failure.message)); "
                    + "trying again in \(wait) (retry \(retry) of \(limit))"
            ]
        case .validating(let algorithm):
            note(event, name: nil)
            return ["\(name(event)): computing \(algorithm.rawValue)"]
        case .repairing(let pieces, let bytes):
            note(event, name: nil)
            let what = pieces == 1 ? "1 piece is" : "\(pieces) pieces are"
            return ["\(name(event)): \(what) wrong; fetching \(ByteCount(bytes)) again"]
        case .completed, .failed, .skipped, .cancelled:
            return summary.lines(for: event).map { [Summary.joined($0)] } ?? []
        }
    }

    private mutating func note(_ event: JobEvent, name: String?) {
        if files[event.job] == nil {
            let part = event.url.prefix { $0 != "?" }.split(separator: "/").last
            files[event.job] = File(
                name: part.map(String.init) ?? event.url,
                lastLine: event.occurredAt
            )
        }
        if let name { files[event.job]?.name = name }
    }

    private func name(_ event: JobEvent) -> String {
        Terminal.printable(files[event.job]?.name ?? event.url)
    }

    private mutating func isDue(_ progress: TransferProgress, _ event: JobEvent) -> Bool {
        guard progress.phase == .downloading, var file = files[event.job] else { return false }
        let silence = event.occurredAt.timeIntervalSince(file.lastLine)
        let tenth = Int(saturating: (progress.percent ?? 0) / 10)
        // The whole is told by the line at the end.
        let isFurther = tenth > file.tenth && tenth < 10 && silence >= PlainProgress.pause
        let isLong = silence >= file.patience
        guard isFurther || isLong else { return false }
        file.tenth = max(tenth, file.tenth)
        if !isFurther { file.patience = min(file.patience * 2, PlainProgress.longestPatience) }
        files[event.job] = file
        return true
    }

    private func text(_ progress: TransferProgress) -> String {
        let speed = ProgressLine.perSecond(progress.currentSpeed)
        var text = Terminal.printable(progress.name) + ": "
        if let total = progress.bytesTotal, let percent = progress.percent {
            text += "\(Int(saturating: max(0, percent)))% of \(ByteCount(total)), \(speed)"
        } else {
            text += "\(ByteCount(progress.bytesDone)), \(speed)"
        }
        if let seconds = progress.etaSeconds { text += ", \(DurationText.remaining(seconds)) left" }
        return text
    }
}
