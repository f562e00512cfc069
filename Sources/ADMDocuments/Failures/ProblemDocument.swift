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

    package static let fields: [Field<ProblemDocument>] =
        [
            Field("code", "The kind of failure, stable across releases; docs/errors.md lists them.")
            {
                $0.failure.code
            },
            Field("exit", "The exit status of a command that fails with it alone.") { $0.exit },
        ] + ErrorDocument.details { $0.failure }
}
