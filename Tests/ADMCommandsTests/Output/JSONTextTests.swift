import ADMModel
import Foundation
import Testing

@testable import ADMCommands

@Suite struct JSONTextTests {
    private struct Value: Codable, Equatable {
        var b: String
        var a: Date
        var c: Double?
    }

    @Test func `keys are sorted, dates have milliseconds, slashes stay`() throws {
        let value = Value(b: "/tmp/\u{6F22}", a: Date(timeIntervalSince1970: 1.5), c: nil)
        #expect(
            try JSONText.line(value) == #"{"a":"1970-01-01T00:00:01.500Z","b":"/tmp/\#u{6F22}"}"#
        )
        #expect(
            try JSONText.pretty(value) == """
                {
                  "a" : "1970-01-01T00:00:01.500Z",
                  "b" : "/tmp/\u{6F22}"
                }
                """
        )
    }

    @Test func `P5 printed JSON cannot steer the terminal`() throws {
        let text = "\u{1B}[2J\u{9B}1m\u{202E}\u{7F}\u{2029}"
        let line = try JSONText.line([text])
        #expect(line == #"["\u001b[2J\u009b1m\u202e\u007f\u2029"]"#)
        #expect(try JSONDecoder().decode([String].self, from: Data(line.utf8)) == [text])
    }

    @Test func `a value that JSON cannot hold is a failure`() {
        let failure = #expect(throws: Failure.self) {
            try JSONText.line(Value(b: "", a: Date(), c: .infinity))
        }
        #expect(failure?.code == .unclassified)
    }
}
