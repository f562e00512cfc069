/// How often a failed transfer is tried again, and after how long.
public struct RetryPolicy: Sendable, Hashable, Codable {
    /// Nobody waits longer for another attempt, in seconds: a day, which a server may ask for, and a second
    /// of jitter.
    public static let longestWait = 86_401.0

    /// How many times to try again without any progress in between.
    public var limit: Int
    /// The longest first wait, in seconds.
    public var base: Double
    /// The longest wait, in seconds.
    public var cap: Double

    /// Creates a policy.
    public init(limit: Int = 10, base: Double = 1, cap: Double = 300) {
        self.limit = limit
        self.base = base
        self.cap = cap
    }

    /// The longest wait before attempt `attempt` (1 is the first retry), in seconds:
    /// `base × 2^(attempt − 1)`, at most `cap`. With base 1: 1, 2, 4, 8, …
    public func ceiling(attempt: Int) -> Double {
        // Capped before the power overflows: 2^62 seconds are longer than any cap.
        min(cap, base * Double(Int64(1) << min(62, max(0, attempt.subtracting(saturating: 1)))))
    }

    /// The wait before attempt `attempt`: full jitter below ``ceiling(attempt:)``, but never less
    /// than the server's `Retry-After`, which counts up to 24 hours.
    ///
    /// The parameter `random` is a number in `0 ..< 1`.
    public func delay(attempt: Int, retryAfter: Double?, random: Double) -> Double {
        let jittered = ceiling(attempt: attempt) * random
        guard let retryAfter else { return jittered }
        return (retryAfter.isNaN ? 0 : min(86_400, max(0, retryAfter))) + min(jittered, 1)
    }
}
