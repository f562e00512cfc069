import ADMDocuments
import ADMModel
import Foundation

/// Why a request is not answered as it was meant (RFC 9457).
struct Problem: Error, Sendable {
    /// The status of HTTP.
    let status: Int
    /// The kind of problem, stable across releases: a code of `docs/errors.md` or of a refusal of the API.
    let code: String
    /// What happened.
    private(set) var message: String
    /// What the caller can do about it.
    private(set) var hint: String?
    /// The lower error in its own words.
    private(set) var cause: String?
    /// Further header fields of the answer.
    var fields: [(name: String, value: String)]

    /// A refusal of the API itself.
    init(
        _ refusal: APIRefusal,
        _ message: String,
        hint: String? = nil,
        fields: [(name: String, value: String)] = []
    ) {
        status = refusal.status
        code = refusal.rawValue
        self.message = message
        self.hint = hint
        cause = nil
        self.fields = fields
    }

    /// A failure of the engine.
    init(_ failure: Failure) {
        status = failure.code.httpStatus
        code = failure.code.rawValue
        message = failure.message
        hint = failure.hint
        cause = failure.cause
        fields = failure.retryAfter.map { [("Retry-After", "\(Int64(saturating: $0))")] } ?? []
    }

    /// What is said of any error.
    static func of(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let failure as Failure: Problem(failure)
        case is CancellationError:
            Problem(.unavailable, "the daemon is ending", fields: [("Retry-After", "1")])
        default: Problem(Failure(.unclassified, "an error of adm itself", cause: "\(error)"))
        }
    }

    /// The same without the directory of the home, which is nobody's business who asks over HTTP.
    func hiding(_ home: String) -> Problem {
        func hidden(_ text: String) -> String {
            text.replacingOccurrences(of: home, with: "ADM_HOME")
        }
        var problem = self
        problem.message = hidden(message)
        problem.hint = hint.map(hidden)
        problem.cause = cause.map(hidden)
        return problem
    }

    /// The answer; `request` is the identifier of the request.
    func reply(request: String) -> Reply {
        let document = APIProblemDocument(
            status: status,
            code: code,
            message: message,
            hint: hint,
            cause: cause,
            request: request
        )
        var reply = Reply(
            status: status,
            type: "application/problem+json",
            text: JSONWriter.line(document) + "\n"
        )
        reply.fields += fields
        return reply
    }
}

/// What the API itself refuses, whatever the engine would say.
enum APIRefusal: String, Sendable, CaseIterable {
    /// The request cannot be read: a parameter, a body, a header field.
    case badRequest = "bad-request"
    /// There is no token, or none that counts.
    case unauthorized
    /// The token does not allow it, or the request comes from a page or under a name that is not known.
    case forbidden
    /// There is no such path.
    case noSuchPath = "no-such-path"
    /// The path is there, and knows no such method.
    case methodNotAllowed = "method-not-allowed"
    /// The resource is not as `If-Match` says.
    case preconditionFailed = "precondition-failed"
    /// The body is longer than allowed.
    case tooLarge = "too-large"
    /// The body is not JSON.
    case unsupportedMediaType = "unsupported-media-type"
    /// The key of the request came before with another one.
    case keyReused = "idempotency-key-reused"
    /// A change needs `If-Match`.
    case preconditionRequired = "precondition-required"
    /// There were too many requests, or too many wrong tokens.
    case tooManyRequests = "too-many-requests"
    /// The daemon ends, or has as many connections as it takes.
    case unavailable

    /// The status of HTTP.
    var status: Int {
        switch self {
        case .badRequest: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .noSuchPath: 404
        case .methodNotAllowed: 405
        case .preconditionFailed: 412
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .keyReused: 422
        case .preconditionRequired: 428
        case .tooManyRequests: 429
        case .unavailable: 503
        }
    }

    /// What it means, for the API's page.
    var summary: String {
        switch self {
        case .badRequest: "The request cannot be read: a parameter, a body or a header field."
        case .unauthorized: "There is no token, or none that counts."
        case .forbidden: "The token does not allow it, or the request comes from a foreign page."
        case .noSuchPath: "There is no such path."
        case .methodNotAllowed: "The path is there, and knows no such method."
        case .preconditionFailed: "The resource is not as `If-Match` says."
        case .tooLarge: "The body is longer than allowed."
        case .unsupportedMediaType: "The body is not JSON."
        case .keyReused: "The `Idempotency-Key` came before with another request."
        case .preconditionRequired: "A change needs `If-Match`."
        case .tooManyRequests:
            "There were too many requests or wrong tokens; `Retry-After` says when to ask again."
        case .unavailable: "The daemon ends, or has as many connections as it takes."
        }
    }
}
