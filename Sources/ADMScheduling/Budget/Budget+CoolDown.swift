package import ADMModel

extension Budget {
    /// The time for which an origin asked to be left alone.
    package struct CoolDown: Sendable, Hashable {
        /// Scheme, host and port, as they are written in URLs.
        package let origin: String
        /// For how long.
        package let milliseconds: Int64

        /// Creates one; a time that is not a valid time counts as none.
        package init(origin: String, seconds: Double) {
            self.origin = origin
            milliseconds = seconds > 0 ? Int64(min(86_400, seconds) * 1000) : 0
        }

        /// What a failure asked for; nil for nothing.
        package init?(_ failure: Failure) {
            guard failure.code == .remoteBusy, let seconds = failure.retryAfter,
                let origin = failure.askedBy
            else { return nil }
            self.init(origin: origin, seconds: seconds)
        }
    }
}
