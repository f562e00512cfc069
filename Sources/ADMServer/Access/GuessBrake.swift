/// Slows down those who try tokens: after some wrong ones nobody hears for a while that another one is wrong.
///
/// A token has 256 random bits, so that this is for the log rather than for the secret.
struct GuessBrake: Sendable {
    /// How many wrong tokens are answered at once.
    static let allowance = 10
    /// How long after that no other one is answered so, in seconds.
    static let pause = 10.0

    private var wrong = 0
    private var until = -Double.infinity

    /// How long nobody hears that a token is wrong, in seconds; nil if the next one does.
    ///
    /// Times are in seconds, from anywhere.
    mutating func wait(at now: Double) -> Double? {
        if now >= until, wrong >= Self.allowance { wrong = 0 }
        return now < until ? until - now : nil
    }

    /// A token was wrong.
    mutating func failed(at now: Double) {
        wrong += 1
        if wrong >= Self.allowance { until = now + Self.pause }
    }
}
