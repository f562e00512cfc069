import Foundation
import Testing

@testable import ADMModel

@Suite struct JSONStringTests {
    @Test func `P5 printed JSON cannot steer the terminal`() throws {
        let text = "\u{1B}[2J\u{9B}1m\u{202E}\u{7F}\u{2029}"
        let quoted = JSONString.quoted(text)
        #expect(quoted == #""\u001b[2J\u009b1m\u202e\u007f\u2029""#)
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
    }

    @Test(arguments: [
        "", "a", "/tmp/\u{6F22}", "\"", "\\", "a\nb\r\tc", "\u{0}", "\u{1F600}/", "e\u{301}",
    ])
    func `a text is read back as it was`(text: String) throws {
        let quoted = JSONString.quoted(text)
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
        #expect(!quoted.contains("\\/"))
    }
}
