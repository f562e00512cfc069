import ADMModel
import ADMTestSupport
import Foundation

/// An `ADM_HOME` of one test.
struct Home: Sendable {
    let layout: HomeLayout

    /// Runs a test in a new home and removes it afterwards.
    static func with(_ body: (Home) async throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            try await body(Home(layout: HomeLayout(root: path)))
        }
    }
}

/// Runs a program and waits for its end.
func run(_ program: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try ChildProcess.start(process)
    process.waitUntilExit()
    return process.terminationStatus
}
