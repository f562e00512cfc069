import NIOConcurrencyHelpers

/// A value behind a lock whose changes can be awaited.
///
/// It lets event loops, which cannot suspend, report to tasks, which must not poll.
package final class ObservedState<Value: Sendable>: Sendable {
    private struct Waiter {
        let isSatisfied: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Storage {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let storage: NIOLockedValueBox<Storage>

    /// Starts with `value`.
    package init(_ value: Value) {
        storage = NIOLockedValueBox(Storage(value: value))
    }

    /// Reads the value; `body` runs under the lock and must be short.
    package func read<Result>(_ body: (Value) -> Result) -> Result {
        storage.withLockedValue { body($0.value) }
    }

    /// Changes the value and wakes those whose condition now holds.
    ///
    /// `body` runs under the lock and must be short.
    @discardableResult
    package func update<Result>(_ body: (inout Value) -> Result) -> Result {
        let (result, woken) = storage.withLockedValue { storage in
            let result = body(&storage.value)
            guard !storage.waiters.isEmpty else { return (result, [Waiter]()) }
            let ready = storage.waiters.filter { $0.value.isSatisfied(storage.value) }
            for key in ready.keys { storage.waiters[key] = nil }
            return (result, Array(ready.values))
        }
        for waiter in woken { waiter.continuation.resume() }
        return result
    }

    /// Suspends until `condition` holds; returns at once if it holds already.
    ///
    /// `condition` runs under the lock after every change and must be short.
    ///
    /// - Parameter condition: What to wait for.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func wait(until condition: @escaping @Sendable (Value) -> Bool) async throws {
        let key = storage.withLockedValue { storage in
            storage.nextWaiter += 1
            return storage.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isSatisfied = storage.withLockedValue { storage in
                    guard !condition(storage.value) else { return true }
                    storage.waiters[key] = Waiter(
                        isSatisfied: condition,
                        continuation: continuation
                    )
                    return false
                }
                if isSatisfied {
                    continuation.resume()
                } else if Task.isCancelled {
                    // The handler may have run before the waiter was there to be found.
                    abandon(key)
                }
            }
        } onCancel: {
            abandon(key)
        }
    }

    /// Suspends until `condition` holds, whether or not the task is cancelled.
    ///
    /// For clean-up that awaits what is sure to come soon.
    ///
    /// - Parameter condition: What to wait for.
    package func waitUncancelled(until condition: @escaping @Sendable (Value) -> Bool) async {
        try? await withCheckedThrowingContinuation { continuation in
            let isSatisfied = storage.withLockedValue { storage in
                guard !condition(storage.value) else { return true }
                storage.nextWaiter += 1
                storage.waiters[storage.nextWaiter] = Waiter(
                    isSatisfied: condition,
                    continuation: continuation
                )
                return false
            }
            if isSatisfied { continuation.resume() }
        }
    }

    private func abandon(_ key: Int) {
        let waiter = storage.withLockedValue { $0.waiters.removeValue(forKey: key) }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
