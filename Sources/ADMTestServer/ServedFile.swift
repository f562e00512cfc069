import ADMModel
import Foundation

/// A file on offer with everything that is counted about it.
struct ServedFile: Sendable {
    private(set) var file: TestFile
    /// How many answers with its bytes are under way.
    var running = 0
    /// How many requests it has answered.
    var answers = 0
    private var cachedBlock: TestBlock?
    private var refusals = FaultCounter()
    private var rawResponses = FaultCounter()
    private var interruptions = FaultCounter()
    private var tokens: [String: TokenUse] = [:]

    private struct TokenUse {
        var requests = 0
        var bytes: Int64 = 0
    }

    init(_ file: TestFile) {
        self.file = file
        startCounts(before: nil)
    }

    /// Changes the file; lists of faults that change start counting again.
    mutating func change(_ body: (inout TestFile) -> Void) {
        let before = file.behaviour
        body(&file)
        startCounts(before: before)
    }

    /// The bytes of the current version, computed once.
    mutating func block() -> TestBlock {
        if let cachedBlock, cachedBlock.body == file.body { return cachedBlock }
        let block = TestBlock(file.body)
        cachedBlock = block
        return block
    }

    mutating func nextRefusal(for request: ServerRequest) -> Refusal? {
        refusals.next(of: file.behaviour.refusals, for: request, length: file.length) { fault, _ in
            fault
        }
    }

    mutating func nextRawResponse(for request: ServerRequest) -> RawResponse? {
        rawResponses.next(
            of: file.behaviour.rawResponses,
            for: request,
            length: file.length
        ) { fault, _ in fault }
    }

    mutating func nextInterruption(
        for request: ServerRequest,
        bodyLength: Int64
    ) -> ResponsePlan.PlannedInterruption? {
        interruptions.next(
            of: file.behaviour.interruptions,
            for: request,
            length: file.length
        ) { fault, seen in
            fault.offset(inBodyOf: bodyLength, seen: seen).map {
                ResponsePlan.PlannedInterruption(offset: $0, effect: fault.effect)
            }
        }
    }

    /// Makes a token that nobody has used.
    mutating func issueToken() -> String {
        let word = SplitMix64.mix(file.seed ^ 0x746F_6B65_6E, UInt64(tokens.count))
        let token = String(word, radix: 16)
        tokens[token] = TokenUse()
        return token
    }

    /// Counts one more use of a token; false if it is unknown or used up.
    mutating func useToken(_ token: String, requests: Int?, bytes: Int64?) -> Bool {
        guard let use = tokens[token] else { return false }
        if let requests, use.requests >= requests { return false }
        if let bytes, use.bytes >= bytes { return false }
        tokens[token]?.requests += 1
        return true
    }

    mutating func count(bytes: Int, of token: String) {
        tokens[token]?.bytes += Int64(bytes)
    }

    private mutating func startCounts(before: Behaviour?) {
        let now = file.behaviour
        if before?.refusals != now.refusals { refusals.start(now.refusals.count) }
        if before?.rawResponses != now.rawResponses {
            rawResponses.start(now.rawResponses.count)
        }
        if before?.interruptions != now.interruptions {
            interruptions.start(now.interruptions.count)
        }
    }
}

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
