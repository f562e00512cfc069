import ADMModel
import CLibSecret
import Dispatch
import Synchronization

/// One call to the Secret Service, on a thread that may block, with a time limit.
///
/// The limit counts from the moment of the call, the wait for earlier calls included. A service that
/// owns its name and never answers holds nobody up longer than that: first the call is cancelled,
/// and if even that has no effect, it is left behind.
final class KeyringCall: Sendable {
    private static let queue = DispatchQueue(label: "adm.keyring")
    private static let timers = DispatchQueue(label: "adm.keyring.time")
    /// How much longer than its limit a call may take to notice its end.
    private static let grace = Duration.milliseconds(300)

    private struct State {
        var isOver = false
        var isFired = false
        var cancel: KeyringCancel?
    }

    private let state = Mutex(State())

    /// Runs a call; `ADM_KEYRING_TIMEOUT` if it does not end in time.
    static func run<Value: Sendable>(
        within limit: Duration,
        late: Value,
        _ body: @escaping @Sendable (KeyringCancel) -> Value
    ) async -> Value {
        let call = KeyringCall()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = OneAnswer(continuation)
                timers.asyncAfter(deadline: .now() + limit.interval) { call.fire() }
                timers.asyncAfter(deadline: .now() + (limit + grace).interval) {
                    answer.give(late)
                }
                queue.async {
                    // A call that waited for its turn too long has been given up already.
                    guard !answer.isGiven else { return }
                    answer.give(call.run(body))
                }
            }
        } onCancel: {
            call.fire()
        }
    }

    private func run<Value>(_ body: (KeyringCancel) -> Value) -> Value {
        let cancel = unsafe KeyringCancel(pointer: adm_keyring_cancel_new())
        let isFired = state.withLock { state in
            state.cancel = cancel
            return state.isFired
        }
        if isFired { cancel.fire() }
        let value = body(cancel)
        state.withLock { $0.cancel = nil }
        unsafe adm_keyring_cancel_free(cancel.pointer)
        return value
    }

    private func fire() {
        state.withLock { state in
            state.isFired = true
            state.cancel?.fire()
        }
    }
}

/// What ends a running call; valid while the call runs.
@safe
struct KeyringCancel: @unchecked Sendable {
    let pointer: OpaquePointer

    func fire() { unsafe adm_keyring_cancel_fire(pointer) }
}

/// A continuation that is resumed once, by the first that comes.
private final class OneAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, Never>?>

    init(_ continuation: CheckedContinuation<Value, Never>) {
        self.continuation = Mutex(continuation)
    }

    var isGiven: Bool { continuation.withLock { $0 == nil } }

    func give(_ value: Value) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}

extension Duration {
    fileprivate var interval: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
