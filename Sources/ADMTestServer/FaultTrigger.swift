package import ADMModel

/// Which of the requests for a file a fault applies to.
package struct FaultTrigger: Sendable, Hashable {
    /// What a request must look like to be counted.
    package var match: Match
    /// How many matching requests are let through first.
    package var skip: Int
    /// How many matching requests have the fault then; nil means all.
    package var times: Int?

    /// What a request must look like.
    package enum Match: Sendable, Hashable {
        /// Every request.
        case any
        /// Requests with a `Range` header.
        case ranged
        /// Requests without a `Range` header.
        case whole
        /// Requests whose first byte of the file lies in this range; a whole file starts at 0.
        case startingIn(ByteRange)
        /// Requests with this method.
        case method(String)
    }

    /// Chooses requests.
    package init(_ match: Match = .any, skip: Int = 0, times: Int? = nil) {
        self.match = match
        self.skip = skip
        self.times = times
    }

    /// Every request.
    package static let always = FaultTrigger()

    /// The first `count` requests.
    package static func first(_ count: Int) -> FaultTrigger { FaultTrigger(times: count) }

    /// Whether a request for a file of this length is one that counts.
    func matches(_ request: ServerRequest, length: Int64) -> Bool {
        let range = request.header("range")
        switch match {
        case .any: return true
        case .ranged: return range != nil
        case .whole: return range == nil
        case .method(let method): return request.method == method
        case .startingIn(let part):
            guard case .parts(let parts) = RangeRequest(header: range, length: length),
                let first = parts.first
            else { return part.start == 0 }
            return first.start >= part.start && first.start < part.end
        }
    }

    /// Whether it applies to a matching request after `seen` others.
    func applies(after seen: Int) -> Bool {
        guard seen >= skip else { return false }
        guard let times else { return true }
        return seen - skip < times
    }
}
