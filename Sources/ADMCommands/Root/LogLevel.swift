import ADMModel
import ArgumentParser
import Logging

/// How much of what adm does is written to standard error.
enum LogLevel: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// Nothing.
    case off
    /// Everything, waits for slots among it.
    case trace
    /// Requests, connections, slots, states of jobs, calls to the keyring.
    case debug
    case info, notice, warning, error, critical

    /// Reads a level, in capitals too, as the variable does.
    init?(argument: String) { self.init(rawValue: argument.lowercased()) }

    /// The variable that chooses a level where `--log-level` does not.
    static let variable = "ADM_LOG"

    /// The level that the option names, else the variable; nothing is logged if neither does.
    ///
    /// - Throws: ``Failure`` with `configuration` if the variable does not name a level.
    static func chosen(
        _ option: LogLevel?,
        _ environment: [String: String]
    ) throws(Failure) -> LogLevel {
        if let option { return option }
        guard let text = environment[variable], !text.isEmpty else { return .off }
        guard let level = LogLevel(rawValue: text.lowercased()) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .configuration,
                "\(variable) is not a valid log level: \(text.debugDescription)",
                hint: "the levels are \(known)"
            )
        }
        return level
    }

    /// A logger of this level that writes to standard error.
    var logger: Logger {
        guard let level = Logger.Level(rawValue: rawValue) else { return .silent }
        return Logger(label: "adm") { _ in LogLines(logLevel: level) }
    }
}
