import ADMModel
import ADMServer
import Foundation
import Testing

/// `docs/errors.md` says with which status of HTTP the API answers each failure.
@Suite struct ErrorTableTests {
    @Test func `the table of codes lists every code with its status of HTTP`() throws {
        let documented = try rows().map { [$0[0], $0[2]] }
        let real = Failure.Code.allCases.map { ["`\($0.rawValue)`", "\($0.httpStatus)"] }
        #expect(documented == real)
    }

    /// The cells of the table of codes, without its head.
    private func rows() throws -> [[String]] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/errors.md").path
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let start = try #require(lines.firstIndex { $0 == "## Codes" })
        return lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
            .map { line in
                line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }
}
