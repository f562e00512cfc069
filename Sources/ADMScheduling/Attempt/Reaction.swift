import ADMModel
import Foundation

/// What to do about an attempt that failed.
///
/// A pure decision: chance and time are handed in.
enum Reaction: Sendable, Hashable {
    /// Try again after this many seconds.
    case tryAgain(after: Double)
    /// Hold the job until somebody resumes it.
    case pause(PauseCause)
    /// The job fails.
    case giveUp(Failure)

    /// What is known beside the failure itself.
    struct Circumstances: Sendable {
        /// Which retry without a gain the next attempt would be, counted from 1.
        var retry: Int
        /// How often and after how long a transfer is tried again.
        var policy: RetryPolicy
        /// How many seconds somebody who watches waits for a server that asks for it; nil if nobody watches.
        var patience: Double?
        /// A number in `0 ..< 1` that spreads attempts over time.
        var random: Double
        /// The time by which people are told when a server wants to be asked again.
        var now: Date
    }

    /// Decides.
    init(to failure: Failure, _ circumstances: Circumstances) {
        let policy = circumstances.policy
        switch failure.code {
        case .noSpace: self = .pause(.noSpace)
        case .credentialStore: self = .pause(.credentialStore)
        case _ where Reaction.asksTooMuch(failure, circumstances.patience):
            self = .giveUp(Reaction.comeBack(failure, now: circumstances.now))
        case _ where failure.isTransient && circumstances.retry <= policy.limit:
            self = .tryAgain(
                after: policy.delay(
                    attempt: circumstances.retry,
                    retryAfter: failure.retryAfter,
                    random: circumstances.random
                )
            )
        default: self = .giveUp(failure)
        }
    }

    /// Whether a server asks somebody who watches for more patience than there is.
    private static func asksTooMuch(_ failure: Failure, _ patience: Double?) -> Bool {
        guard let patience, failure.isTransient, let asked = failure.retryAfter else {
            return false
        }
        return asked > patience
    }

    /// Says when the server wants to be asked again.
    private static func comeBack(_ failure: Failure, now: Date) -> Failure {
        let time = now.addingTimeInterval(failure.retryAfter ?? 0).shown
        var failure = failure
        failure.message += "; it asks to come back after \(time) (Retry-After)"
        failure.hint = "the same command resumes it then; --max-retry-after sets how long adm waits"
        return failure
    }
}
