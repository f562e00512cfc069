import ADMModel
import ADMTestSupport
import NIOHTTP1

@testable import ADMTransfer

/// What the servers of a ``SimulatedTransfer`` have, and what they do wrong.
struct SimulatedServers {
    /// How answers tell versions of the file apart.
    enum Proof: CaseIterable { case strongTag, weakTag, nothing }

    /// What a server does in place of the right answer.
    enum Fault: CaseIterable {
        case breaks, busy, forbidden, ignoresRange, servesOtherRange, wrongTotal, beyondEnd
        case noContentRange, noProof, newVersion, unknownTotal
    }

    /// An answer: its head, and the bytes of the version that its body holds.
    struct Answer {
        let head: HTTPResponseHead
        let start: Int64
        let end: Int64
        let version: Int
    }

    var length: Int64
    var proof = Proof.strongTag
    var takesRanges = true
    var namesLength = true
    /// The probability of a fault with each answer, and which faults there are.
    var faults = 0.0
    var kinds = Fault.allCases
    /// The probability that a connection breaks with each buffer.
    var breaks = 0.0
    var roundTrip = Duration.milliseconds(1)
    /// Counts up when the file changes.
    private(set) var version = 1

    init(length: Int64) { self.length = length }

    /// Answers a request; nil if the connection breaks before.
    mutating func answer(_ request: TransferRun.Request, _ random: inout SeededGenerator) -> Answer?
    {
        let fault = random.chance(faults) ? kinds.randomElement(using: &random) : nil
        if fault == .newVersion { version += 1 }
        var asked = request.query.range.map(SimulatedServers.ends)
        if let condition = request.query.ifRange, condition != tag { asked = nil }
        switch fault {
        case .breaks: return nil
        case .busy: return refusal(.serviceUnavailable)
        case .forbidden: return refusal(.forbidden)
        case .beyondEnd: return refusal(.rangeNotSatisfiable)
        case .ignoresRange: asked = nil
        case .servesOtherRange: asked = asked.map { (min($0.first + 1, length - 1), $0.last) }
        default: break
        }
        guard takesRanges, let part = asked else { return whole(fault) }
        let end = min(length, part.last.map { $0 + 1 } ?? length)
        guard end > part.first else { return refusal(.rangeNotSatisfiable) }
        var head = self.head(.partialContent, length: end - part.first, fault)
        if fault != .noContentRange {
            let total =
                switch fault {
                case .wrongTotal: "\(length + 7)"
                case .unknownTotal: "*"
                default: "\(length)"
                }
            head.headers.add(
                name: "Content-Range",
                value: "bytes \(part.first)-\(end - 1)/\(total)"
            )
        }
        return Answer(head: head, start: part.first, end: end, version: version)
    }

    private func whole(_ fault: Fault?) -> Answer {
        var head = self.head(.ok, length: namesLength ? length : nil, fault)
        if takesRanges { head.headers.add(name: "Accept-Ranges", value: "bytes") }
        return Answer(head: head, start: 0, end: length, version: version)
    }

    private func refusal(_ status: HTTPResponseStatus) -> Answer {
        Answer(head: head(status, length: 0, nil), start: 0, end: 0, version: version)
    }

    private func head(
        _ status: HTTPResponseStatus,
        length: Int64?,
        _ fault: Fault?
    ) -> HTTPResponseHead {
        var fields = HTTPHeaders()
        if let length { fields.add(name: "Content-Length", value: "\(length)") }
        if fault != .noProof, let tag { fields.add(name: "ETag", value: tag) }
        return HTTPResponseHead(version: .http1_1, status: status, headers: fields)
    }

    private var tag: String? {
        switch proof {
        case .strongTag: "\"v\(version)\""
        case .weakTag: "W/\"v\(version)\""
        case .nothing: nil
        }
    }

    /// Reads `bytes=5-` and `bytes=5-9`.
    private static func ends(_ range: String) -> (first: Int64, last: Int64?) {
        let ends = range.drop { $0 != "=" }.dropFirst()
            .split(separator: "-", omittingEmptySubsequences: false)
        return (Int64(ends[0]) ?? 0, Int64(ends[1]))
    }
}
