import ADMCommands
import ADMModel
import Foundation
import Testing

/// `docs/errors.md` says what the switch does.
@Suite struct ExitCodeTests {
    @Test func `the table of codes lists every code with its exit code, and no other`() throws {
        let rows = try table(after: "## Codes")
        let documented = rows.map { [$0[0], $0[1]] }
        let real = Failure.Code.allCases.map { ["`\($0.rawValue)`", "\($0.exitCode)"] }
        #expect(documented == real)
    }

    @Test func `every exit code that a failure can have is explained`() throws {
        let explained = Set(try table(after: "## Exit codes").compactMap { Int32($0[0]) })
        let used = Set(Failure.Code.allCases.map(\.exitCode))
        #expect(used.isSubset(of: explained))
        #expect(explained.isSuperset(of: [0, 143]))
    }

    @Test func `the codes of DESIGN §10 do not move`() {
        #expect(Failure.Code.usage.exitCode == 2)
        #expect(Failure.Code.workspaceNotFound.exitCode == 3)
        #expect(Failure.Code.authentication.exitCode == 4)
        #expect(Failure.Code.remoteBusy.exitCode == 5)
        #expect(Failure.Code.integrity.exitCode == 6)
        #expect(Failure.Code.partial.exitCode == 7)
        #expect(Failure.Code.exists.exitCode == 8)
        #expect(Failure.Code.noSpace.exitCode == 9)
        #expect(Failure.Code.refused.exitCode == 10)
        #expect(Failure.Code.network.exitCode == 11)
        #expect(Failure.Code.credentialStore.exitCode == 13)
        #expect(Failure.Code.databaseTooNew.exitCode == 14)
        #expect(Failure.Code.cancelled.exitCode == 15)
        #expect(Failure.Code.unfinished.exitCode == 16)
        #expect(Failure.Code.interrupted.exitCode == 130)
    }

    /// The cells of the first table below a heading, without its head.
    private func table(after heading: String) throws -> [[String]] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/errors.md").path
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let start = try #require(lines.firstIndex { $0 == heading })
        return lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
            .map { line in
                line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }
}
