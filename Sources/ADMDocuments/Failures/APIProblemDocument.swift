/// Why a request of the API failed (RFC 9457).
package struct APIProblemDocument: Document {
    package static let name = "api-problem"
    package static let summary = "Why a request of the API failed (RFC 9457)."

    private let status: Int
    private let code: String
    private let message: String
    private let hint: String?
    private let cause: String?
    private let request: String

    /// Shows a problem.
    ///
    /// - Parameters:
    ///   - status: The status of HTTP.
    ///   - code: The kind of problem.
    ///   - message: What happened.
    ///   - hint: What the caller can do about it.
    ///   - cause: The lower error in its own words.
    ///   - request: The identifier of the request, as the log has it.
    package init(
        status: Int,
        code: String,
        message: String,
        hint: String?,
        cause: String?,
        request: String
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
        self.request = request
    }

    package static let fields: [Field<APIProblemDocument>] = [
        Field("type", "The kind of problem, as a URN.") { "urn:adm:problem:\($0.code)" },
        Field("title", "The kind of problem, in words.") {
            $0.code.split(separator: "-").joined(separator: " ")
        },
        Field("status", "The status of HTTP.") { $0.status },
        Field("detail", "What happened, in one sentence. Its words may change.") { $0.message },
        Field("instance", "The identifier of the request, as in the log of the daemon.") {
            "urn:adm:request:\($0.request)"
        },
        Field(
            "code",
            "The kind of problem, stable across releases: a code of docs/errors.md or docs/api.md."
        ) { $0.code },
        Field("hint", "What can be done about it; null if there is nothing to say.") { $0.hint },
        Field("cause", "The lower error in its own words; null if there is none.") { $0.cause },
    ]
}
