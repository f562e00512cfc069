import ADMDocuments
import ADMModel
import ADMSystem
import ArgumentParser
import Foundation

/// Says on standard error why a command failed, for people or for programs.
struct FailureReport {
    private let isJSON: Bool

    /// Looks for `--json` itself, because arguments that cannot be parsed are reported too.
    init(arguments: [String]) {
        isJSON = arguments.prefix { $0 != "--" }.contains("--json")
    }

    /// Prints a failure; returns the exit status.
    func print(_ failure: Failure) -> Int32 {
        let status = failure.code.exitCode
        guard !isJSON else {
            write(FailureReport.line(failure))
            return status
        }
        write(FailureReport.lines(failure).joined(separator: "\n"))
        return status
    }

    /// A failure for people: the message, the cause and the hint, a line each.
    static func lines(_ failure: Failure) -> [String] {
        var lines = ["adm: \(failure.message)"]
        if let cause = failure.cause { lines.append("cause: \(cause)") }
        if let hint = failure.hint { lines.append("hint: \(hint)") }
        // Messages name files and URLs of strangers, which must not steer the terminal.
        return lines.map { Terminal.printable($0) }
    }

    /// Prints what the argument parser threw: help and version to standard output with status 0,
    /// everything else as a usage error.
    func print(parsing error: any Error) -> Int32 {
        let text = ADM.fullMessage(for: error)
        guard ADM.exitCode(for: error) != .success else {
            Swift.print(text)
            return 0
        }
        guard ADM.exitCode(for: error) == .validationFailure else {
            return print(Failure(.unclassified, "\(error)"))
        }
        guard !isJSON else {
            let said = ParserMessage(ADM.message(for: error), takers: OptionTakers.of)
            return print(Failure(.usage, said.message, hint: said.hint))
        }
        write(ParserMessage(text, takers: OptionTakers.of).lines.joined(separator: "\n"))
        return Failure.Code.usage.exitCode
    }

    private func write(_ text: String) {
        // Nobody may be reading, which is no reason to fail.
        try? StandardStream.error.write(URLMask.mask(text) + "\n")
    }

    /// A failure as one JSON object on one line.
    static func line(_ failure: Failure) -> String {
        JSONWriter.line(ProblemDocument(failure, exit: failure.code.exitCode))
    }
}
