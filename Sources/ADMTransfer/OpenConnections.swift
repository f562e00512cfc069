import ADMModel

/// The requests of a transfer that are under way, each with the range that it fills.
struct OpenConnections {
    private struct Connection {
        let handle = ConnectionHandle()
        var range: OpenRange?
    }

    private var connections: [Int: Connection] = [:]
    private var lastNumber = 0

    /// How many there are.
    var count: Int { connections.count }

    /// Whether the first answer of the run is still awaited.
    var awaitsFirstAnswer: Bool { connections.values.contains { $0.range == nil } }

    /// Begins one; its range may become known later.
    mutating func add(_ range: OpenRange?) -> (number: Int, handle: ConnectionHandle) {
        lastNumber += 1
        let connection = Connection(range: range)
        connections[lastNumber] = connection
        return (lastNumber, connection.handle)
    }

    /// Says which range the first connection fills.
    mutating func assign(_ range: OpenRange, to number: Int) { connections[number]?.range = range }

    /// Ends one.
    ///
    /// - Returns: Whether it was open, and its range if it had one.
    mutating func remove(_ number: Int) -> (wasOpen: Bool, range: OpenRange?) {
        let connection = connections.removeValue(forKey: number)
        return (connection != nil, connection?.range)
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

    /// Cuts the largest range in two.
    func splitLargest(minimum: Int64) -> ByteRange? {
        connections.values.compactMap(\.range)
            .max { $0.missing.count < $1.missing.count }?
            .giveHalf(minimum: minimum)
    }

    /// Lets the connection that gave a range away take it back, if it still runs.
    func takeBack(_ range: ByteRange) -> Bool {
        connections.values.contains { $0.range?.takeBack(range) == true }
    }

    /// The connections that were silent for longer than `limit`.
    func silent(at now: ContinuousClock.Instant, longerThan limit: Duration) -> [ConnectionHandle] {
        connections.values.map(\.handle).filter { $0.silence(at: now) > limit }
    }

    /// What each connection has written, and what it has before it.
    var reports: [SlowConnections.Report] {
        connections.compactMap { number, connection in
            connection.range.map {
                SlowConnections.Report(
                    number: number,
                    filled: $0.filled.count,
                    missing: $0.missing.count
                )
            }
        }
    }

    /// The handle of a connection that is open.
    func handle(_ number: Int) -> ConnectionHandle? { connections[number]?.handle }
}
