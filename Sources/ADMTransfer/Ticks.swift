import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Wakes transfers after a while, all of them with one timer of an event loop.
///
/// A timer for each transfer cost several system calls and two changes of threads, which a small file never
/// needed: it is whole before its first tick. Who is due within ``step`` after another is woken with it.
final class Ticks: Sendable {
    /// The ticks of this process.
    static let shared = Ticks(EventLoops.group.next())

    /// How early somebody may be woken.
    static let step = TimeAmount.milliseconds(5)

    /// A wish to be woken, which can be taken back.
    struct Ticket: Sendable {
        fileprivate let number: Int
    }

    private struct Sleeper: Sendable {
        let due: NIODeadline
        let wake: @Sendable () -> Void
    }

    private struct State: Sendable {
        var sleepers: [Int: Sleeper] = [:]
        var count = 0
        /// When the timer fires; nil while there is none.
        var alarm: NIODeadline?
    }

    private let loop: any EventLoop
    private let state = NIOLockedValueBox(State())

    /// Begins with nobody to wake; the timer runs on `loop`.
    init(_ loop: any EventLoop) { self.loop = loop }

    /// Calls `wake` once after a time, on the event loop, unless the wish is taken back before.
    func wake(after time: TimeAmount, _ wake: @escaping @Sendable () -> Void) -> Ticket {
        let due = NIODeadline.now() + time
        let (ticket, isFirst) = state.withLockedValue { state in
            state.count &+= 1
            state.sleepers[state.count] = Sleeper(due: due, wake: wake)
            let isFirst = state.alarm.map { due < $0 - Ticks.step } ?? true
            if isFirst { state.alarm = due }
            return (Ticket(number: state.count), isFirst)
        }
        if isFirst { setAlarm(due) }
        return ticket
    }

    /// Takes a wish back; one that was fulfilled is fine.
    func cancel(_ ticket: Ticket) {
        state.withLockedValue { _ = $0.sleepers.removeValue(forKey: ticket.number) }
    }

    private func setAlarm(_ time: NIODeadline) {
        loop.scheduleTask(deadline: time) { self.ring(time) }
    }

    private func ring(_ time: NIODeadline) {
        let limit = NIODeadline.now() + Ticks.step
        let (due, next) = state.withLockedValue { state -> ([Sleeper], NIODeadline?) in
            let due = state.sleepers.filter { $0.value.due <= limit }
            for number in due.keys { state.sleepers[number] = nil }
            // An alarm that was set for an earlier time replaces this one.
            guard state.alarm == time else { return (Array(due.values), nil) }
            state.alarm = state.sleepers.values.map(\.due).min()
            return (Array(due.values), state.alarm)
        }
        for sleeper in due { sleeper.wake() }
        if let next { setAlarm(next) }
    }
}
