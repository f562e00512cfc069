import ADMModel
import NIOConcurrencyHelpers

/// A speed limit shared by connections: every byte is paid for in time.
///
/// The limit may change, and be lifted, while bytes arrive.
package final class RateLimit: Sendable {
    private struct State: Sendable {
        var bytesPerSecond: Int64
        var paidUntil: ContinuousClock.Instant
        var paid: Int64 = 0
        var heldUp = false
    }

    private let state: NIOLockedValueBox<State>

    /// Limits to a number of bytes a second; 0 for no limit.
    package init(bytesPerSecond: Int64, now: ContinuousClock.Instant = .now) {
        state = NIOLockedValueBox(State(bytesPerSecond: bytesPerSecond, paidUntil: now))
    }

    /// The bytes a second; 0 for no limit.
    package var bytesPerSecond: Int64 {
        get { state.withLockedValue { $0.bytesPerSecond } }
        set {
            state.withLockedValue { state in
                // A debt at the old rate is not paid off at the new one: the bytes are what is owed, and
                // nobody waits long for those that came before a limit was lowered.
                let now = ContinuousClock.now
                let debt = now.duration(to: state.paidUntil)
                if debt > .zero, state.bytesPerSecond > 0, newValue > 0 {
                    let factor = Double(state.bytesPerSecond) / Double(newValue)
                    let owed = Duration(saturatingSeconds: debt.seconds * factor)
                    state.paidUntil = now.advanced(by: min(owed, max(debt, RateLimit.longestDebt)))
                } else if newValue == 0 {
                    state.paidUntil = now
                }
                state.bytesPerSecond = newValue
            }
        }
    }

    /// The most that is still waited for after a limit was lowered.
    private static let longestDebt = Duration.seconds(1)

    /// All bytes that were ever paid for.
    package var paid: Int64 { state.withLockedValue(\.paid) }

    /// Whether somebody had to wait since the last call.
    package func takeHoldUp() -> Bool {
        state.withLockedValue { state in
            defer { state.heldUp = false }
            return state.heldUp
        }
    }

    /// Whether more was paid for than the time allows by now.
    package var isBehind: Bool {
        state.withLockedValue { $0.bytesPerSecond > 0 && $0.paidUntil > .now }
    }

    /// The bytes worth asking for at once: what a twentieth of a second allows, and not so few that a write
    /// costs more than it brings.
    package var slice: Int {
        let rate = bytesPerSecond
        return rate > 0 ? Int(clamping: max(64, rate / 20)) : Int.max
    }

    /// The shortest wait that is worth a timer; what is less is waited for later.
    private static let shortest = Duration.milliseconds(1)

    /// The place of some bytes among all that were paid for.
    package struct Ticket: Sendable {
        fileprivate let position: Int64
    }

    /// Pays for bytes that arrived.
    ///
    /// Up to a tenth of a second that was not used is kept.
    ///
    /// - Returns: What ``wait(for:now:)`` has to be asked before reading on; nil for not at all.
    package func pay(for count: Int, now: ContinuousClock.Instant = .now) -> Ticket? {
        state.withLockedValue { state in
            state.paid += Int64(count)
            guard state.bytesPerSecond > 0 else { return nil }
            let start = max(state.paidUntil, now.advanced(by: .milliseconds(-100)))
            let price = Duration(
                saturatingSeconds: Double(count) / Double(state.bytesPerSecond)
            )
            state.paidUntil = start.advanced(by: price)
            guard now.duration(to: state.paidUntil) > RateLimit.shortest else { return nil }
            state.heldUp = true
            return Ticket(position: state.paid)
        }
    }

    /// How long it takes until bytes are paid off, as the limit is now; nil if they are.
    ///
    /// Those who pay later come later, and a limit that is raised or lifted in the meantime counts at once.
    package func wait(
        for ticket: Ticket,
        now: ContinuousClock.Instant = .now
    ) -> Duration? {
        state.withLockedValue { state in
            guard state.bytesPerSecond > 0 else { return nil }
            let later = Double(state.paid - ticket.position) / Double(state.bytesPerSecond)
            let wait = now.duration(to: state.paidUntil) - Duration(saturatingSeconds: later)
            return wait > RateLimit.shortest ? wait : nil
        }
    }
}
