import ADMEngine
import ADMModel
import HTTPTypes
import HummingbirdCore
import Synchronization

/// Decides who may ask at all: by the name under which the daemon was reached, the page that the request comes
/// from, and the token.
final class Gate: Sendable {
    private let tokens: TokenCheck
    private let hosts: Set<String>
    private let origins: Set<String>
    private let brake = Mutex(GuessBrake())
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now

    /// Takes the tokens, further names of the daemon, and the origins of pages that may ask.
    init(tokens: TokenCheck, hosts: [String], origins: [String]) {
        self.tokens = tokens
        self.hosts = Set(hosts.map { $0.lowercased() })
        self.origins = Set(origins.map { $0.lowercased() })
    }

    /// Says who asks.
    ///
    /// - Throws: ``Problem`` with `forbidden` for a foreign page or an unknown name, `unauthorized` for a missing or
    ///   wrong token, `tooManyRequests` after several wrong ones; ``Failure`` if the tokens cannot be read.
    func admit(_ request: Request, _ scope: RequestScope) throws -> Caller {
        try check(request, scope)
        if let field = request.headers[.authorization] { return try caller(by: field) }
        guard scope.isOwner else {
            throw Problem(
                .unauthorized,
                "a token is needed",
                hint: "adm token create makes one; send it as Authorization: Bearer TOKEN",
                fields: [("WWW-Authenticate", "Bearer realm=\"adm\"")]
            )
        }
        return .owner
    }

    /// Refuses what comes from a foreign page, or under a name that is not known.
    ///
    /// - Throws: ``Problem`` with `forbidden` or `badRequest`.
    func check(_ request: Request, _ scope: RequestScope) throws(Problem) {
        try checkOrigin(request)
        if let door = scope.door, case .network = door.address { try checkHost(request, door) }
    }

    private func caller(by field: String) throws -> Caller {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw refusal("only Bearer tokens are understood", error: "invalid_request")
        }
        // Right tokens are always taken, so that nobody can lock others out.
        switch try tokens.token(of: String(parts[1])) {
        case .good(let token): return .token(token)
        case .expired: throw refusal("the token has expired", error: "invalid_token")
        case .wrong:
            let now = start.duration(to: clock.now) / .seconds(1)
            let wait = brake.withLock { brake in
                let wait = brake.wait(at: now)
                if wait == nil { brake.failed(at: now) }
                return wait
            }
            guard let wait else {
                throw refusal("the token is wrong or was revoked", error: "invalid_token")
            }
            throw Problem(
                .tooManyRequests,
                "too many wrong tokens",
                fields: [("Retry-After", "\(Int64(saturating: wait.rounded(.up)))")]
            )
        }
    }

    private func refusal(_ message: String, error: String) -> Problem {
        Problem(
            .unauthorized,
            message,
            hint: "adm token list shows those that count",
            fields: [("WWW-Authenticate", "Bearer realm=\"adm\", error=\"\(error)\"")]
        )
    }

    /// A page of another site may not ask, whatever the browser sends along, unless its origin was named.
    private func checkOrigin(_ request: Request) throws(Problem) {
        guard allowedOrigin(of: request) == nil else { return }
        guard request.headers[.origin] == nil else {
            throw Problem(.forbidden, "pages of other origins may not ask")
        }
        guard let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] else {
            return
        }
        guard ["same-origin", "none"].contains(site.lowercased()) else {
            throw Problem(.forbidden, "pages of other sites may not ask")
        }
    }

    /// The origin of the page that asks, if it is one that may; nil for any other request.
    func allowedOrigin(of request: Request) -> String? {
        guard let origin = request.headers[.origin], origins.contains(origin.lowercased()) else {
            return nil
        }
        return origin
    }

    /// The name must be one of those that are known, so that no name of somebody else that leads here (DNS
    /// rebinding) is answered.
    private func checkHost(_ request: Request, _ door: Door) throws(Problem) {
        guard let authority = request.head.authority?.lowercased(), !authority.isEmpty else {
            throw Problem(.badRequest, "the Host field is missing")
        }
        guard door.names.contains(authority) || hosts.contains(authority) else {
            throw Problem(
                .forbidden,
                "the daemon is not known by this name",
                hint: "adm serve --host NAME:PORT lets it be reached by a name"
            )
        }
    }
}
