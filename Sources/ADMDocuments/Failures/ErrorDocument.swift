package import ADMModel

/// What went wrong, inside of another document.
package struct ErrorDocument: Document {
    package static let name = "error"
    package static let summary = "What went wrong."

    private let failure: Failure

    /// Shows a failure.
    package init(_ failure: Failure) { self.failure = failure }

    package static let fields: [Field<ErrorDocument>] = [
        Field("code", "The kind of failure, stable across releases; docs/errors.md lists them.") {
            $0.failure.code
        },
        Field("exc_type", "The same as `code`, where programs written for rheo look.") {
            $0.failure.code
        },
        Field("message", "What happened, in one sentence. Its words may change.") {
            $0.failure.message
        },
        Field("hint", "What a person can do about it; null if there is nothing to say.") {
            $0.failure.hint
        },
        Field("cause", "The lower error in its own words; null if there is none.") {
            $0.failure.cause
        },
        Field(
            "retry_after",
            "How long the server asked to wait, in seconds; null if it did not ask."
        ) { $0.failure.retryAfter },
        Field("asked_by", "The server that asked to wait, as in URLs; null if none did.") {
            $0.failure.askedBy
        },
    ]
}

extension Failure.Code: JSONWord {}
