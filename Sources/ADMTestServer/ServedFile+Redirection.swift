import Foundation

extension ServedFile {
    /// What a redirection makes of a request.
    enum RedirectionOutcome {
        /// This is the answer.
        case answer(ResponsePlan)
        /// The file itself is to be served, on the strength of a token if there is one.
        case serve(token: String?)
    }

    /// Decides between a redirect and the file.
    mutating func redirect(
        _ redirection: Redirection,
        for request: ServerRequest,
        now: Date
    ) -> RedirectionOutcome {
        let origin =
            redirection.host.map { "\(request.scheme)://\($0):\(request.port)" } ?? request.origin
        let location: String?
        switch redirection.target {
        case .path(let path): location = origin + path
        case .literal(let text): location = text
        case .missing: location = nil
        case .loop: location = origin + file.path
        case .endless: location = "\(origin)\(file.path)?hop=\(hop(request) + 1)"
        case .hops(let count):
            guard hop(request) < count else { return .serve(token: nil) }
            location = "\(origin)\(file.path)?hop=\(hop(request) + 1)"
        case .signed(let requests, let bytes):
            if let token = request.query["token"] {
                guard useToken(token, requests: requests, bytes: bytes) else {
                    let body = "the link has expired\n"
                    return .answer(statusPlan(403, for: request, now: now, body: body))
                }
                return .serve(token: token)
            }
            location = "\(origin)\(file.path)?token=\(issueToken())"
        }
        let headers = location.map { [HeaderLine("Location", $0)] } ?? []
        return .answer(statusPlan(redirection.status, for: request, now: now, headers: headers))
    }

    private func hop(_ request: ServerRequest) -> Int {
        request.query["hop"].flatMap { Int($0) }.map { max(0, min($0, 1_000_000)) } ?? 0
    }
}
