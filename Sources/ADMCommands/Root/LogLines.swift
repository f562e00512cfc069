import ADMModel
import Foundation
import Logging

/// Writes the log to standard error, a line for each message; what is drawn there moves up.
///
/// URLs lose their user names, passwords and queries once more here, whatever was handed in.
struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    func log(event: LogEvent) {
        ProgressWriter.interject([line(of: event, at: .now)])
    }

    /// `2026-12-01T10:00:00.123Z debug request sent url=https://example.org/a workspace=default`.
    func line(of event: LogEvent, at time: Date) -> String {
        let own = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let facts = own.sorted { $0.key < $1.key }.map { "\($0.key)=\(LogLines.shown($0.value))" }
        let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let words = [stamp, event.level.rawValue, event.message.description] + facts
        return Terminal.printable(words.joined(separator: " "))
    }

    /// A value as one word: in quotes if it holds a blank, a quote or nothing.
    private static func shown(_ value: Logger.Metadata.Value) -> String {
        let text = URLMask.mask(value.description)
        let isWord = !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "\"" }
        return isWord ? text : text.debugDescription
    }
}
