import ADMModel
import ADMTestServer
package import Foundation

/// A running program whose output is collected while it runs.
///
/// Both outputs are read all the time, so that a program with much to say never blocks.
package final class ChildProcess: Sendable {
    /// What to run.
    package struct Command: Sendable {
        /// The path of the program.
        package var executable: String
        /// Its arguments, without its name.
        package var arguments: [String]
        /// Its whole environment; nothing is inherited.
        package var environment: [String: String]
        /// Its working directory; nil is that of this process.
        package var directory: String?
        /// Its standard input.
        package var input: Input

        /// Creates a command.
        package init(
            _ executable: String,
            _ arguments: [String] = [],
            environment: [String: String] = [:],
            directory: String? = nil,
            input: Input = .none
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
            self.input = input
        }
    }

    /// The standard input of a program.
    package enum Input: Sendable {
        /// Nothing.
        case none
        /// This text, then the end.
        case text(String)
        /// A pipe that stays open for ``ChildProcess/write(_:)``.
        case open
    }

    /// How a program ended.
    package enum Termination: Sendable, Hashable {
        /// It exited with this status.
        case exited(Int32)
        /// It was ended by this signal.
        case signalled(Int32)
    }

    /// Everything that a program left.
    package struct Outcome: Sendable {
        /// How it ended.
        package let termination: Termination
        /// What it wrote to standard output.
        package let outputBytes: Data
        /// What it wrote to standard error.
        package let errorBytes: Data

        /// The exit status, or 128 and the signal, as a shell says it.
        package var status: Int32 {
            switch termination {
            case .exited(let status): status
            case .signalled(let signal): 128 + signal
            }
        }

        /// Standard output as text.
        package var output: String { String(decoding: outputBytes, as: UTF8.self) }
        /// Standard error as text.
        package var errorOutput: String { String(decoding: errorBytes, as: UTF8.self) }
    }

    private struct State: Sendable {
        var output = Data()
        var errors = Data()
        var openPipes = 2
        var termination: Termination?

        func contains(_ text: String) -> Bool {
            let wanted = Data(text.utf8)
            return output.range(of: wanted) != nil || errors.range(of: wanted) != nil
        }
    }

    // A pipe is inherited by every program that is started between its making and its closing: held by
    // a stranger, its end would never come. So one program is started at a time.
    private static let starting = NSLock()

    /// Starts a program that somebody else waits for, while no other is being started.
    ///
    /// - Throws: What `Process.run()` throws.
    package static func start(_ process: Process) throws {
        starting.lock()
        defer { starting.unlock() }
        try process.run()
    }

    private let process: Process
    private let state: ObservedState<State>
    private let input: Pipe?

    /// Runs a program for as long as `body` runs; afterwards it is killed if it still runs.
    ///
    /// - Parameters:
    ///   - command: What to run.
    ///   - body: What to do in that time.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `Failure` with `unclassified` if it cannot be started.
    @discardableResult
    package static func run<Result>(
        _ command: Command,
        body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let child = try ChildProcess(command)
        do {
            let result = try await body(child)
            await child.end()
            return result
        } catch {
            await child.end()
            throw error
        }
    }

    /// Runs a program to its end.
    ///
    /// - Parameter command: What to run.
    /// - Returns: What it left.
    /// - Throws: `Failure` with `unclassified` if it cannot be started; `CancellationError` when
    ///   the task is cancelled first, which kills the program.
    package static func output(_ command: Command) async throws -> Outcome {
        try await run(command) { try await $0.wait() }
    }

    /// Runs a program that is found on the path to its end, and returns what it printed.
    ///
    /// - Parameters:
    ///   - line: The program and its arguments.
    ///   - directory: Its working directory; nil is that of this process.
    /// - Returns: Its standard output.
    /// - Throws: `Failure` with `unclassified` if it cannot be started or does not succeed.
    @discardableResult
    package static func text(
        of line: [String],
        in directory: String? = nil
    ) async throws -> String {
        let outcome = try await output(onPath(line, in: directory))
        guard outcome.status == 0 else {
            throw Failure(
                .unclassified,
                "\(line.joined(separator: " ")) ended with \(outcome.status)",
                cause: outcome.errorOutput
            )
        }
        return outcome.output
    }

    /// The command that runs a program that is found on the path, in the environment of this process.
    package static func onPath(
        _ line: [String],
        in directory: String? = nil,
        input: Input = .none
    ) -> Command {
        Command(
            "/usr/bin/env",
            line,
            environment: ProcessInfo.processInfo.environment,
            directory: directory,
            input: input
        )
    }

    private init(_ command: Command) throws {
        ChildProcess.starting.lock()
        defer { ChildProcess.starting.unlock() }
        process = Process()
        state = ObservedState(State())
        if case .open = command.input { input = Pipe() } else { input = nil }
        process.executableURL = URL(fileURLWithPath: command.executable)
        process.arguments = command.arguments
        process.environment = command.environment
        if let directory = command.directory {
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
        }
        switch command.input {
        case .none: process.standardInput = FileHandle.nullDevice
        case .text(let text): process.standardInput = try ChildProcess.file(holding: text)
        case .open:
            // As a handle, not as a pipe: this process keeps the reading end, so that writing after
            // the program has ended raises no SIGPIPE here.
            process.standardInput = input?.fileHandleForReading
        }
        process.standardOutput = collect { $0.output.append($1) }
        process.standardError = collect { $0.errors.append($1) }
        process.terminationHandler = { [state] process in
            let status = process.terminationStatus
            let wasSignalled = process.terminationReason == .uncaughtSignal
            state.update { $0.termination = wasSignalled ? .signalled(status) : .exited(status) }
        }
        do {
            try ChildProcess.withoutBlockedSignals { try process.run() }
        } catch {
            throw Failure(
                .unclassified,
                "cannot run \(command.executable)",
                cause: error.localizedDescription
            )
        }
    }

    /// The process id.
    package var id: Int32 { process.processIdentifier }

    /// How it ended, nil while it runs.
    package var termination: Termination? { state.read { $0.termination } }

    /// What it has written to standard output so far.
    package var output: String { state.read { String(decoding: $0.output, as: UTF8.self) } }

    /// What it has written to standard error so far.
    package var errorOutput: String { state.read { String(decoding: $0.errors, as: UTF8.self) } }

    /// Sends a signal, such as `SIGINT`; does nothing if the program has ended.
    package func send(_ signal: Int32) {
        guard termination == nil, process.isRunning else { return }
        _ = Foundation.kill(id, signal)
    }

    /// Ends it at once with SIGKILL.
    package func kill() { send(SIGKILL) }

    /// Writes to a standard input that is ``Input/open``.
    ///
    /// Blocks if the program does not read and more than 64 KiB are waiting.
    ///
    /// - Throws: What writing to a pipe throws.
    package func write(_ text: String) throws {
        try input?.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Ends a standard input that is ``Input/open``.
    ///
    /// - Throws: What closing a pipe throws.
    package func closeInput() throws {
        try input?.fileHandleForWriting.close()
    }

    /// Suspends until it has ended and all its output is here.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func wait() async throws -> Outcome {
        try await state.wait { $0.termination != nil && $0.openPipes == 0 }
        return state.read {
            Outcome(
                termination: $0.termination ?? .exited(0),
                outputBytes: $0.output,
                errorBytes: $0.errors
            )
        }
    }

    /// Suspends until one of its outputs holds a text.
    ///
    /// - Parameter text: What to wait for.
    /// - Throws: ``NeverHappened`` when the program ends without it; `CancellationError` when the
    ///   task is cancelled first.
    package func waitForOutput(containing text: String) async throws {
        try await state.wait {
            $0.contains(text) || ($0.termination != nil && $0.openPipes == 0)
        }
        guard state.read({ $0.contains(text) }) else {
            throw NeverHappened(seen: [output, errorOutput])
        }
    }

    /// Suspends until standard output satisfies a condition.
    ///
    /// - Parameter condition: What it must satisfy; asked again whenever there is more of it.
    /// - Throws: ``NeverHappened`` when the program ends without it; `CancellationError` when the
    ///   task is cancelled first.
    package func waitForOutput(where condition: @escaping @Sendable (String) -> Bool) async throws {
        let isSatisfied: @Sendable (State) -> Bool = {
            condition(String(decoding: $0.output, as: UTF8.self))
        }
        try await state.wait {
            isSatisfied($0) || ($0.termination != nil && $0.openPipes == 0)
        }
        guard state.read(isSatisfied) else { throw NeverHappened(seen: [output, errorOutput]) }
    }

    /// A pipe whose reading end is read on a thread of its own until the program has closed it.
    ///
    /// Dispatch loses events of descriptors whose numbers were used before, which happens all the
    /// time if many programs run side by side.
    private func collect(
        _ append: @escaping @Sendable (inout State, Data) -> Void
    ) -> Pipe {
        let pipe = Pipe()
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread { [state] in
            while true {
                let data = reading.availableData
                guard !data.isEmpty else { break }
                state.update { append(&$0, data) }
            }
            try? reading.close()
            state.update { $0.openPipes -= 1 }
        }
        return pipe
    }

    /// Runs `body` with no signal blocked in this thread.
    ///
    /// The threads that run Swift tasks block most signals, and a program inherits that: it would
    /// never see the SIGINT that a test sends.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        // Both sets are initialised and outlive the calls (pthread_sigmask(3)).
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private func end() async {
        kill()
        // Not cancellable: a program that outlives its scope would disturb the next test.
        await state.waitUncancelled { $0.termination != nil }
    }

    private static func file(holding text: String) throws -> FileHandle {
        let path = try TemporaryDirectory.make()
        defer { TemporaryDirectory.remove(path) }
        let file = URL(fileURLWithPath: path + "/input")
        try Data(text.utf8).write(to: file)
        return try FileHandle(forReadingFrom: file)
    }
}
