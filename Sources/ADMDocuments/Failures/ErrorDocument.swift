package import ADMModel

/// What went wrong, inside of another document.
package struct ErrorDocument: Document {
    package static let name = "error"
    package static let summary = "What went wrong."

    private let failure: Failure

    /// Shows a failure.
    package init(_ failure: Failure) { self.failure = failure }

    package static let fields: [Field<ErrorDocument>] =
        [
            Field("code", "The kind of failure, stable across releases; docs/errors.md lists them.")
            {
                $0.failure.code
            },
            Field("exc_type", "The same as `code`, where programs written for rheo look.") {
                $0.failure.code
            },
        ] + details { $0.failure }

    /// The fields of a document about a failure that say more than its code.
    static func details<Owner>(
        _ failure: @escaping @Sendable (Owner) -> Failure
    ) -> [Field<Owner>] {
        [
            Field("message", "What happened, in one sentence. Its words may change.") {
                failure($0).message
            },
            Field("hint", "What a person can do about it; null if there is nothing to say.") {
                failure($0).hint
            },
            Field("cause", "The lower error in its own words; null if there is none.") {
                failure($0).cause
            },
            Field(
                "retry_after",
                "How long the server asked to wait, in seconds; null if it did not ask."
            ) { failure($0).retryAfter },
            Field("asked_by", "The server that asked to wait, as in URLs; null if none did.") {
                failure($0).askedBy
            },
        ]
    }
}

extension Failure.Code: JSONWord {}
