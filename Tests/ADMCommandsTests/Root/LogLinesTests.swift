import ADMModel
import Foundation
import Logging
import Testing

@testable import ADMCommands

/// How a line of the log looks, and which level counts.
struct LogLinesTests {
    private func line(_ metadata: Logger.Metadata) -> String {
        var lines = LogLines(logLevel: .trace)
        lines[metadataKey: "workspace"] = "work"
        let event = LogEvent(
            level: .debug,
            message: "request sent",
            error: nil,
            metadata: metadata,
            source: nil,
            file: #fileID,
            function: #function,
            line: #line
        )
        return lines.line(of: event, at: Date(timeIntervalSince1970: 0.25))
    }

    @Test func `a line has the time, the level, a sentence and facts in order`() {
        #expect(
            line(["url": "https://h/a", "job": "7"])
                == "1970-01-01T00:00:00.250Z debug request sent job=7 url=https://h/a workspace=work"
        )
    }

    @Test func `a value with blanks is in quotes, and control characters are shown`() {
        let text = line(["reason": "it is \"gone\"", "empty": "", "name": "a\u{1B}[2Jb"])
        #expect(text.contains(#"reason="it is \"gone\"""#))
        #expect(text.contains(#"empty="""#))
        #expect(!text.contains("\u{1B}"))
    }

    @Test func `URLs lose what may be a secret`() {
        let text = line(["url": "https://eve:pw1@h/a?sig=pw2#pw3"])
        #expect(text.contains("url=https://***@h/a "))
        for secret in ["eve", "pw1", "pw2", "pw3"] { #expect(!text.contains(secret)) }
    }

    @Test func `the option beats the variable, and neither means silence`() throws {
        #expect(try LogLevel.chosen(.trace, ["ADM_LOG": "debug"]) == .trace)
        #expect(try LogLevel.chosen(nil, ["ADM_LOG": "DEBUG"]) == .debug)
        #expect(try LogLevel.chosen(nil, ["ADM_LOG": ""]) == .off)
        #expect(try LogLevel.chosen(nil, [:]) == .off)
        #expect(LogLevel.off.logger.logLevel > .error)
        let failure = #expect(throws: Failure.self) {
            try LogLevel.chosen(nil, ["ADM_LOG": "loud"])
        }
        #expect(failure?.code == .configuration)
        #expect(failure?.hint?.contains("off, trace, debug") == true)
    }
}
