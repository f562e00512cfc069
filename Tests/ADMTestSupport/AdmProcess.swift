package import ADMModel
import Foundation

/// Runs the `adm` that was built, in a home of its own and with nothing else in its environment.
package struct AdmProcess: Sendable {
    /// The directory that is `HOME`; `ADM_HOME` is `.adm` in it.
    package let home: String
    /// Variables besides `PATH`, `HOME`, `ADM_HOME` and `LANG`; they may replace those.
    package var environment: [String: String]
    /// The working directory; nil is ``home``.
    package var directory: String?

    /// Runs commands in a home that exists already.
    package init(home: String, environment: [String: String] = [:], directory: String? = nil) {
        self.home = home
        self.environment = environment
        self.directory = directory
    }

    /// Makes a fresh home for the time that `body` runs.
    ///
    /// - Parameter body: What to do in it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `Failure` with `storage` if no directory can be made.
    @discardableResult
    package static func withHome<Result>(
        _ body: (AdmProcess) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { try await body(AdmProcess(home: $0)) }
    }

    /// The value of `ADM_HOME`.
    package var admHome: String { home + "/.adm" }

    /// The whole environment of `adm`.
    package var variables: [String: String] {
        let own = ProcessInfo.processInfo.environment
        var variables = [
            "PATH": own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": home,
            "ADM_HOME": admHome,
            "LANG": "C.UTF-8",
        ]
        // Where coverage is measured, the child adds to it instead of leaving a file behind.
        variables["LLVM_PROFILE_FILE"] = own["LLVM_PROFILE_FILE"]
        return variables.merging(environment) { _, new in new }
    }

    /// Runs `adm` to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - input: Its standard input.
    /// - Returns: What it left.
    /// - Throws: `Failure` with `unclassified` if there is no `adm`.
    package func output(
        _ arguments: [String],
        input: ChildProcess.Input = .none
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.output(command(arguments, input: input))
    }

    /// Runs `adm` for as long as `body` runs; afterwards it is killed if it still runs.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - input: Its standard input.
    ///   - body: What to do in that time.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `Failure` with `unclassified` if there is no `adm`.
    @discardableResult
    package func run<Result>(
        _ arguments: [String],
        input: ChildProcess.Input = .none,
        body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.run(command(arguments, input: input), body: body)
    }

    /// The command that ``output(_:input:)`` runs, to be changed and run by a test itself.
    ///
    /// - Throws: `Failure` with `unclassified` if there is no `adm`.
    package func command(
        _ arguments: [String],
        input: ChildProcess.Input = .none
    ) throws(Failure) -> ChildProcess.Command {
        ChildProcess.Command(
            try AdmProcess.executable(),
            arguments,
            environment: variables,
            directory: directory ?? home,
            input: input
        )
    }

    /// The path of the `adm` that was built together with the tests.
    ///
    /// `ADM_BINARY` names another one.
    ///
    /// - Throws: `Failure` with `unclassified` if there is none.
    package static func executable() throws(Failure) -> String {
        if let path = ProcessInfo.processInfo.environment["ADM_BINARY"], !path.isEmpty {
            return path
        }
        // The runner is the test bundle itself, started from the folder that holds all products.
        let runners = [
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")),
            CommandLine.arguments.first,
            Bundle.main.executablePath,
        ]
        let candidates = runners.compactMap { $0 }.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/adm"
        }
        for path in candidates where FileManager.default.isExecutableFile(atPath: path) {
            return path
        }
        throw Failure(
            .unclassified,
            "no adm beside the tests: \(candidates.joined(separator: ", "))",
            hint: "run swift build first, or name the program in ADM_BINARY"
        )
    }
}
