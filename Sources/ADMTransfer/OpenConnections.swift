import ADMModel

/// The requests of a transfer that are under way, each with the range that it fills.
struct OpenConnections {
    struct Connection {
        let handle = ConnectionHandle()
        var range: OpenRange?
        /// The connection that fetches the same bytes at the same time.
        var twin: Int?
        /// Where it stops once a server has accepted a request for what lies behind; until then it reads on.
        var stop: Int64?
        /// The connection that fetches the same until the server has accepted this one.
        var lender: Int?

        /// The bytes that it has still to fetch if the others get theirs.
        var ahead: ByteRange? {
            guard let missing = range?.missing else { return nil }
            return ByteRange(
                missing.start,
                max(missing.start, stop.map { min($0, missing.end) } ?? missing.end)
            )
        }
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

    /// Begins one; its range may become known later.
    mutating func add(_ range: OpenRange?) -> (number: Int, handle: ConnectionHandle) {
        lastNumber += 1
        let connection = Connection(range: range, lender: range.flatMap { lender(of: $0.start) })
        connections[lastNumber] = connection
        return (lastNumber, connection.handle)
    }

    /// Whether a connection is open.
    func contains(_ number: Int) -> Bool { connections[number] != nil }

    /// Says which range the first connection fills.
    mutating func assign(_ range: OpenRange, to number: Int) { connections[number]?.range = range }

    /// Begins one that fetches what another has still before it.
    mutating func addTwin(
        _ range: OpenRange,
        of other: Int
    ) -> (number: Int, handle: ConnectionHandle) {
        let added = add(range)
        connections[added.number]?.twin = other
        connections[other]?.twin = added.number
        return added
    }

    /// Ends one.
    ///
    /// - Returns: Whether it was open, and its range if it had one.
    mutating func remove(_ number: Int) -> (wasOpen: Bool, range: OpenRange?) {
        let connection = connections.removeValue(forKey: number)
        if let connection { takeBackLoan(of: connection) }
        if let twin = connection?.twin { connections[twin]?.twin = nil }
        speeds.forget(number)
        return (connection != nil, connection?.range)
    }

    /// Ends the connections whose rest has come from elsewhere.
    func endOvertaken(by done: SegmentMap) {
        for connection in connections.values {
            guard let missing = connection.range?.missing, missing.count > 0,
                done.ranges.contains(where: {
                    $0.start <= missing.start && missing.end <= $0.end
                })
            else { continue }
            connection.handle.fail(TooSlow())
        }
    }

    /// Ends all of them and hands their bytes to the state.
    mutating func collect(into state: inout TransferState) {
        for range in connections.values.compactMap(\.range) {
            let (filled, missing) = range.seal()
            state.connectionEnded(filled: filled, missing: missing)
        }
        connections = [:]
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

    /// Looks at what each connection has done.
    mutating func observe(at now: ContinuousClock.Instant) {
        for connection in connections.values {
            guard let time = connection.handle.answeredAfter else { continue }
            roundTrip = min(roundTrip, time)
        }
        speeds.add(reports, at: now)
    }

    /// Ends the connections that are far slower than the others.
    mutating func endSlow() {
        for number in speeds.takeSlow(roundTrip: roundTrip) where connections[number]?.twin == nil {
            connections[number]?.handle.fail(TooSlow())
        }
    }

    /// Finds the range that would take longest, for another connection to fetch the last part of it.
    ///
    /// - Returns: That part, and the connection that fetches it until the other one is accepted.
    func split(minimum: Int64) -> (part: ByteRange, lender: Int)? {
        let minimum = max(minimum, speeds.piece(lasting: max(roundTrip * 4, .milliseconds(10))))
        let longest = shareable.max {
            speeds.rest(of: $0.number, missing: $0.range.missing.count)
                < speeds.rest(of: $1.number, missing: $1.range.missing.count)
        }
        guard let longest else { return nil }
        return longest.range.share(speeds.shareToGive(by: longest.number), minimum: minimum)
            .map { ($0, longest.number) }
    }

    /// The connection whose rest a new one would have much sooner, with that rest; nil where there is
    /// none.
    func overtaken() -> (number: Int, rest: ByteRange)? {
        let slowest = shareable.map { ($0.number, $0.range.missing) }.filter {
            speeds.isOvertaken($0.0, missing: $0.1.count, roundTrip: roundTrip)
        }
        return slowest.max {
            speeds.rest(of: $0.0, missing: $0.1.count) < speeds.rest(of: $1.0, missing: $1.1.count)
        }
    }

    private var shareable: [(number: Int, range: OpenRange)] {
        connections.compactMap { number, connection in
            guard let range = connection.range, connection.twin == nil, connection.stop == nil,
                range.missing.count > 0, range.missing.end != Int64.max
            else { return nil }
            return (number, range)
        }
    }

    /// Ends the connections that were silent for too long.
    func endSilent(at now: ContinuousClock.Instant, _ settings: TransferSettings, _ url: SourceURL)
    {
        for handle in connections.values.map(\.handle) {
            let hasAnswer = handle.answeredAfter != nil
            // Who waits for a further part while others bring theirs does not wait as long as for the first.
            let limit =
                hasAnswer
                ? settings.idleTimeout
                : awaitsFirstAnswer
                    ? settings.firstByteTimeout
                    : min(settings.firstByteTimeout, settings.idleTimeout)
            guard handle.silence(at: now) > limit else { continue }
            handle.fail(
                hasAnswer
                    ? Failure.silent(url.origin, limit) : Failure.unanswered(url.origin, limit)
            )
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
