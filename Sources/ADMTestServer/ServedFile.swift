import ADMModel

/// A file on offer with everything that is counted about it.
struct ServedFile: Sendable {
    private(set) var file: TestFile
    /// How many answers with its bytes are under way.
    var running = 0
    /// How many requests it has answered.
    var answers = 0
    private var cachedBlock: TestBlock?
    private var refusalsSeen: [Int] = []
    private var rawResponsesSeen: [Int] = []
    private var interruptionsSeen: [Int] = []
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
        let refusals = file.behaviour.refusals
        for (index, refusal) in refusals.enumerated() where matches(refusal.occurrence, request) {
            defer { refusalsSeen[index] += 1 }
            if refusal.occurrence.applies(after: refusalsSeen[index]) { return refusal }
        }
        return nil
    }

    mutating func nextRawResponse(for request: ServerRequest) -> RawResponse? {
        let responses = file.behaviour.rawResponses
        for (index, raw) in responses.enumerated() where matches(raw.occurrence, request) {
            defer { rawResponsesSeen[index] += 1 }
            if raw.occurrence.applies(after: rawResponsesSeen[index]) { return raw }
        }
        return nil
    }

    mutating func nextInterruption(
        for request: ServerRequest,
        bodyLength: Int64
    ) -> ResponsePlan.PlannedInterruption? {
        let list = file.behaviour.interruptions
        for (index, item) in list.enumerated() where matches(item.occurrence, request) {
            let seen = interruptionsSeen[index]
            guard let offset = item.offset(inBodyOf: bodyLength, seen: seen) else { continue }
            interruptionsSeen[index] += 1
            if item.occurrence.applies(after: seen) {
                return ResponsePlan.PlannedInterruption(offset: offset, effect: item.effect)
            }
        }
        return nil
    }

    /// Makes a token that nobody has used.
    mutating func issueToken() -> String {
        let word = SplitMix64.mix(file.seed ^ 0x746F_6B65_6E, UInt64(tokens.count))
        let token = String(word, radix: 16)
        tokens[token] = TokenUse()
        return token
    }

    /// Counts one more use of a token; false where it is unknown or used up.
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

    private func matches(_ occurrence: Occurrence, _ request: ServerRequest) -> Bool {
        let range = request.header("range")
        switch occurrence.match {
        case .any: return true
        case .ranged: return range != nil
        case .whole: return range == nil
        case .method(let method): return request.method == method
        case .startingIn(let part):
            guard case .parts(let parts) = RangeRequest(header: range, length: file.length),
                let first = parts.first
            else { return part.start == 0 }
            return first.start >= part.start && first.start < part.end
        }
    }

    private mutating func startCounts(before: Behaviour?) {
        let now = file.behaviour
        if before?.refusals != now.refusals {
            refusalsSeen = Array(repeating: 0, count: now.refusals.count)
        }
        if before?.rawResponses != now.rawResponses {
            rawResponsesSeen = Array(repeating: 0, count: now.rawResponses.count)
        }
        if before?.interruptions != now.interruptions {
            interruptionsSeen = Array(repeating: 0, count: now.interruptions.count)
        }
    }
}
