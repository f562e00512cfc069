package import Logging

extension Logger {
    /// A logger that says nothing: what a layer uses unless it is handed another.
    package static let silent = Logger(label: "adm") { _ in SwiftLogNoOpLogHandler() }

    /// The same logger with one more fact on each line.
    package func with(_ key: String, _ value: some CustomStringConvertible) -> Logger {
        var logger = self
        logger[metadataKey: key] = "\(value)"
        return logger
    }
}
