package import ADMModel

/// Which of the requests for a file a fault applies to.
package struct Occurrence: Sendable, Hashable {
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
    package static let always = Occurrence()

    /// The first `count` requests.
    package static func first(_ count: Int) -> Occurrence { Occurrence(times: count) }

    /// Whether it applies to a matching request after `seen` others.
    func applies(after seen: Int) -> Bool {
        guard seen >= skip else { return false }
        guard let times else { return true }
        return seen - skip < times
    }
}
