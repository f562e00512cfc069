import ADMModel

/// The requests of a transfer that are under way, each with the range that it fills.
///
/// A pure value: ``see(_:)`` tells it how far they are, and its answers say which of them to end or to cut.
struct OpenConnections: Sendable {
    /// A request that is under way.
    struct Connection: Sendable {
        /// What it fills; nil before the first answer of the run.
        var range: RangeProgress?
        /// The mirror that was asked; nil for the server that leads.
        var mirror: Int?
        /// The connection that fetches the same bytes at the same time.
        var twin: Int?
        /// Where it stops once a server has accepted a request for what lies behind; until then it reads on.
        var stop: Int64?
        /// The connection that fetches the same until the server has accepted this one.
        var lender: Int?
        /// How long the server took to answer; nil before it has.
        var answeredAfter: Duration?
        /// How long nothing has arrived.
        var silence = Duration.zero

        /// The bytes that it has still to fetch if the others get theirs.
        var ahead: ByteRange? {
            guard let missing = range?.missing else { return nil }
            return ByteRange(
                missing.start,
                max(missing.start, stop.map { min($0, missing.end) } ?? missing.end)
            )
        }
    }

    /// What is seen of a connection from outside.
    struct Sighting: Sendable {
        /// Its number.
        let number: Int
        /// The byte after the last one that it has written.
        var next: Int64?
        /// How long the server took to answer; nil before it has.
        var answeredAfter: Duration?
        /// How long nothing has arrived.
        var silence = Duration.zero
    }

    var connections: [Int: Connection] = [:]
    private var lastNumber = 0
    private var speeds = ConnectionSpeeds()
    /// The shortest time from a request to its answer: not less than a round trip.
    private(set) var roundTrip = Duration.seconds(1)

    /// How many there are.
    var count: Int { connections.count }

    /// Whether the first answer of the run is still awaited.
    var awaitsFirstAnswer: Bool { connections.values.contains { $0.range == nil } }

    /// Adds a connection; its range may become known later.
    ///
    /// - Returns: Its number, which no other connection gets.
    mutating func add(_ range: ByteRange?, mirror: Int? = nil) -> Int {
        lastNumber += 1
        connections[lastNumber] = Connection(
            range: range.map(RangeProgress.init),
            mirror: mirror,
            lender: range.flatMap { lender(of: $0.start) }
        )
        return lastNumber
    }

    /// Whether a connection is open.
    func contains(_ number: Int) -> Bool { connections[number] != nil }

    /// Says which range the first connection fills.
    mutating func assign(_ range: ByteRange, to number: Int) {
        connections[number]?.range = RangeProgress(range)
    }

    /// Shortens the range of a connection.
    mutating func cut(_ number: Int, at end: Int64) { connections[number]?.range?.cut(at: end) }

    /// Notes that a connection fetches what another one has still before it.
    mutating func pair(_ twin: Int, with other: Int) {
        connections[twin]?.twin = other
        connections[other]?.twin = twin
    }

    /// Takes how far the connections are.
    mutating func see(_ sightings: [Sighting]) {
        for sighting in sightings {
            guard var connection = connections[sighting.number] else { continue }
            if let next = sighting.next { connection.range?.next = next }
            connection.answeredAfter = sighting.answeredAfter
            connection.silence = sighting.silence
            connections[sighting.number] = connection
        }
    }

    /// Removes a connection that has ended.
    ///
    /// - Returns: What it was; nil if it was not open.
    mutating func remove(_ number: Int) -> Connection? {
        let connection = connections.removeValue(forKey: number)
        if let connection { takeBackLoan(of: connection, number) }
        if let twin = connection?.twin { connections[twin]?.twin = nil }
        speeds.forget(number)
        return connection
    }

    /// Removes all of them.
    mutating func removeAll() { connections = [:] }

    /// The connections whose rest has come from elsewhere.
    func superseded(by done: SegmentMap) -> [Int] {
        connections.keys.sorted().filter { number in
            guard let missing = connections[number]?.range?.missing, missing.count > 0 else {
                return false
            }
            return done.ranges.contains { $0.start <= missing.start && missing.end <= $0.end }
        }
    }

    /// Everything on disk: what ended connections wrote and what the open ones wrote so far.
    func map(over done: SegmentMap) -> SegmentMap {
        var map = done
        for range in connections.values.compactMap(\.range) { map.insert(range.filled) }
        return map
    }

    /// How many bytes from the beginning are written for good: no open connection will write there.
    ///
    /// Two connections may fetch the same bytes, and the slower one writes them once more.
    func settled(over done: SegmentMap) -> Int64 {
        guard let first = map(over: done).ranges.first, first.start == 0 else { return 0 }
        return connections.values.compactMap { $0.range?.missing.start }.reduce(first.end, min)
    }

    /// What the open connections fetch, whether or not it is written.
    var fetched: SegmentMap {
        SegmentMap(
            connections.values.compactMap { connection in
                guard let whole = connection.range?.whole, let ahead = connection.ahead else {
                    return nil
                }
                return ByteRange(whole.start, max(whole.start, ahead.end))
            }
        )
    }

    // MARK: - Speeds

    /// Measures the connections as they were seen last.
    mutating func measure(at now: ContinuousClock.Instant) {
        roundTrip = connections.values.compactMap(\.answeredAfter).reduce(roundTrip, min)
        speeds.add(reports, at: now)
    }

    /// Takes the connections that are far slower than the others; each is named once.
    mutating func takeSlow() -> [Int] {
        speeds.takeSlow(roundTrip: roundTrip).filter { number in
            connections[number].map { $0.twin == nil } ?? false
        }
    }

    /// Finds the range that would take longest, for another connection to fetch the last part of it, `most` bytes
    /// or fewer.
    ///
    /// - Returns: That part, and the connection that fetches it until the other one is accepted.
    func split(minimum: Int64, most: Int64 = .max) -> (part: ByteRange, lender: Int)? {
        let minimum = max(minimum, speeds.piece(lasting: max(roundTrip * 4, .milliseconds(10))))
        let longest = shareable.max {
            speeds.rest(of: $0.number, missing: $0.range.missing.count)
                < speeds.rest(of: $1.number, missing: $1.range.missing.count)
        }
        guard let longest else { return nil }
        return longest.range.share(speeds.shareToGive(by: longest.number), minimum: minimum)
            .map { (ByteRange($0.end - min($0.count, max(most, minimum)), $0.end), longest.number) }
    }

    /// The connection whose rest a new one would have much sooner, with that rest; nil if there is none.
    func overtaken() -> (number: Int, rest: ByteRange)? {
        let slowest = shareable.map { ($0.number, $0.range.missing) }.filter {
            speeds.isOvertaken($0.0, missing: $0.1.count, roundTrip: roundTrip)
        }
        return slowest.max {
            speeds.rest(of: $0.0, missing: $0.1.count) < speeds.rest(of: $1.0, missing: $1.1.count)
        }
    }

    private var shareable: [(number: Int, range: RangeProgress)] {
        connections.sorted { $0.key < $1.key }.compactMap { number, connection in
            guard let range = connection.range, connection.twin == nil, connection.stop == nil,
                range.missing.count > 0, range.missing.end != Int64.max
            else { return nil }
            return (number, range)
        }
    }

    /// The connections that were silent for too long, and how long each may be.
    func silent(_ settings: TransferSettings) -> [(number: Int, hasAnswer: Bool, limit: Duration)] {
        connections.sorted { $0.key < $1.key }.compactMap { number, connection in
            let hasAnswer = connection.answeredAfter != nil
            // A request for a further part does not wait as long as the first one if others bring theirs.
            let limit =
                hasAnswer
                ? settings.idleTimeout
                : awaitsFirstAnswer
                    ? settings.firstByteTimeout
                    : min(settings.firstByteTimeout, settings.idleTimeout)
            return connection.silence > limit ? (number, hasAnswer, limit) : nil
        }
    }

    private var reports: [ConnectionSpeeds.Report] {
        connections.compactMap { number, connection in
            guard let range = connection.range, let ahead = connection.ahead else { return nil }
            return ConnectionSpeeds.Report(
                number: number,
                filled: range.filled.count,
                missing: ahead.count
            )
        }
    }
}
