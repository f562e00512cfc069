import ADMCatalog
import ADMModel
import ADMSystem
import UnixSignals

/// The signals that ask adm to stop: SIGINT, SIGTERM and SIGHUP, unless its caller ignores them.
public struct Interruption: Sendable {
    /// Which signal came.
    public enum Signal: Sendable {
        /// Ctrl-C.
        case interrupt
        /// The polite end.
        case terminate
        /// The terminal is gone.
        case hangUp
    }

    /// Runs `body`; the first signal cancels it and calls `first`, each further one calls `again`.
    ///
    /// `body` is being cancelled already when `first` is called. With `reload`, SIGHUP cancels nothing and calls that,
    /// as often as it comes.
    ///
    /// - Throws: What `body` throws, unless a signal came first.
    /// - Returns: The result, or the signal if one came; `body` has ended in both cases.
    public static func run<Result: Sendable>(
        first: @escaping @Sendable (Signal) async -> Void = { _ in },
        again: @escaping @Sendable (Signal) -> Void,
        reload: (@Sendable () async -> Void)? = nil,
        body: @escaping @Sendable () async throws -> Result
    ) async throws -> Ending<Result> {
        let wanted = [UnixSignal.sigint, .sigterm, .sighup].filter {
            !CallerSignals.ignored.contains($0.rawValue)
        }
        let signals = await UnixSignalsSequence(trapping: wanted)
        let (stop, stopping) = AsyncStream.makeStream(of: Signal.self)
        defer { LongWaits.end(false) }
        return try await withThrowingTaskGroup(of: Ending<Result>?.self) { group in
            group.addTask { try await stoppable(by: stop, body) }
            group.addTask {
                var isFirst = true
                for await signal in signals {
                    if let reload, signal == .sighup {
                        await reload()
                        continue
                    }
                    guard isFirst else {
                        again(Signal(signal))
                        continue
                    }
                    isFirst = false
                    LongWaits.end(true)
                    stopping.yield(Signal(signal))
                    await first(Signal(signal))
                }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() { if let ended { return ended } }
            throw CancellationError()
        }
    }

    private static func stoppable<Result: Sendable>(
        by stop: AsyncStream<Signal>,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Ending<Result> {
        try await withThrowingTaskGroup(of: Ending<Result>?.self) { group in
            group.addTask { .finished(try await body()) }
            group.addTask {
                for await signal in stop { return .interrupted(signal) }
                return nil
            }
            var signal: Ending<Result>?
            defer { group.cancelAll() }
            while true {
                do {
                    switch try await group.next() {
                    case .some(.some(.interrupted(let which))):
                        signal = .interrupted(which)
                        group.cancelAll()
                    case .some(.some(let result)): return signal ?? result
                    case .some(.none): continue
                    case .none: throw CancellationError()
                    }
                } catch {
                    if let signal { return signal }
                    throw error
                }
            }
        }
    }

    /// How a body ended.
    public enum Ending<Result: Sendable>: Sendable {
        /// By itself.
        case finished(Result)
        /// After a signal.
        case interrupted(Signal)
    }
}

extension Interruption.Signal {
    init(_ signal: UnixSignal) {
        switch signal {
        case .sigterm: self = .terminate
        case .sighup: self = .hangUp
        default: self = .interrupt
        }
    }

    /// What a process that ends because of the signal answers to its parent: 128 + its number.
    public var exitCode: Int32 {
        switch self {
        case .interrupt: 130
        case .terminate: 143
        case .hangUp: 129
        }
    }
}
