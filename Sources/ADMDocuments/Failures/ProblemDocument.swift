package import ADMModel

/// Why a command failed, or a part of it: a line of standard error with `--json`.
package struct ProblemDocument: Document {
    package static let name = "problem"
    package static let summary = "Why a command failed, or a part of it."

    private let failure: Failure
    private let exit: Int32

    /// Shows a failure; `exit` is the exit status that belongs to it.
    package init(_ failure: Failure, exit: Int32) {
        self.failure = failure
        self.exit = exit
    }

    package static let fields: [Field<ProblemDocument>] = [
        Field("code", "The kind of failure, stable across releases; docs/errors.md lists them.") {
            $0.failure.code
        },
        Field("exit", "The exit status of a command that fails with it alone.") { $0.exit },
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
