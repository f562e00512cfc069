/// An answer with a status instead of the file.
package struct Refusal: Sendable, Hashable {
    /// The status.
    package var status: Int
    /// To which requests.
    package var trigger: FaultTrigger
    /// The `Retry-After` header, if any.
    package var retryAfter: RetryAfter?
    /// The body; nil sends the status in words.
    package var body: String?
    /// More headers.
    package var headers: [HeaderLine]

    /// The value of `Retry-After` (RFC 9110 §10.2.3).
    package enum RetryAfter: Sendable, Hashable {
        /// A number of seconds.
        case seconds(Int)
        /// The date this many seconds after the answer; negative lies in the past.
        case date(secondsFromNow: Int)
        /// This text, sensible or not.
        case text(String)
    }

    /// Creates a refusal.
    package init(
        _ status: Int,
        _ trigger: FaultTrigger = .always,
        retryAfter: RetryAfter? = nil,
        body: String? = nil,
        headers: [HeaderLine] = []
    ) {
        self.status = status
        self.trigger = trigger
        self.retryAfter = retryAfter
        self.body = body
        self.headers = headers
    }
}
