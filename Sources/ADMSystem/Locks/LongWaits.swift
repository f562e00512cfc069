package import ADMModel
import Foundation
import Synchronization

/// What this process says about waiting for others, and whether it still wants to wait.
///
/// Both concern the process as a whole: a person sees one command, and a signal ends all of it.
package enum LongWaits {
    /// After this time a wait is reported.
    package static let patience = Duration.seconds(2)
    /// How long a wait lasts after the process was told to end; the critical sections of others take
    /// milliseconds.
    static let grace = Duration.seconds(1)

    private struct State {
        var report: (@Sendable (Failure) -> Void)?
        var isEnding = false
        var abandoned: Set<String> = []
    }

    private static let state = Mutex(State())

    /// Says who takes the reports of waits that are long; at most one does.
    ///
    /// A report is a ``Failure`` with `locked` that nobody throws: its message says what is waited for
    /// and who has it, its hint what can be done. It is called on the thread that waits.
    package static func report(to report: (@Sendable (Failure) -> Void)?) {
        state.withLock { $0.report = report }
    }

    /// Says whether the process was told to end: then no wait of it is long any more.
    package static func end(_ isEnding: Bool) {
        state.withLock {
            $0.isEnding = isEnding
            $0.abandoned = []
        }
    }

    static func tell(_ wait: LockWait) {
        guard let report = state.withLock({ $0.report }) else { return }
        report(wait.report)
    }

    /// Whether a wait for `path` that has lasted for `time` is to end without the lock.
    static func isOver(_ path: String, after time: Duration, isReported: Bool) -> Bool {
        let isCancelled = Blocking.isCancelled
        return state.withLock { state in
            guard state.isEnding || isCancelled else { return false }
            // What was waited for in vain once is not waited for again on the way out.
            guard isReported || time >= grace || state.abandoned.contains(path) else {
                return false
            }
            state.abandoned.insert(path)
            return true
        }
    }
}

/// A wait for a lock that others hold.
struct LockWait: Sendable, Hashable {
    /// The locked file or directory.
    let path: String
    /// Who holds it; none where that cannot be seen.
    let holders: [ProcessDescription]

    /// What a person is told.
    var report: Failure {
        let asleep = holders.filter(\.isSuspended)
        return Failure(
            .locked,
            "waiting for \(path), which is held by \(owner)",
            hint: asleep.isEmpty
                ? nil
                : "kill -CONT \(asleep.map { "\($0.id)" }.joined(separator: " ")) lets"
                    + " \(asleep.count == 1 ? "it" : "them") go on; Ctrl-C ends this command"
        )
    }

    private var owner: String {
        guard !holders.isEmpty else { return "a process that cannot be seen from here" }
        let some = holders.prefix(3).map {
            $0.text + ($0.isSuspended ? ", which is suspended" : "")
        }
        let more = holders.count > 3 ? " and \(holders.count - 3) more" : ""
        return some.joined(separator: " and ") + more
    }
}
