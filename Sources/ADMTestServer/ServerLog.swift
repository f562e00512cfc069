package import ADMModel

/// Everything that happened at a ``TestServer`` so far.
package struct ServerLog: Sendable {
    /// All requests in the order of arrival.
    package private(set) var requests: [RequestRecord] = []
    /// How many connections are open now.
    package private(set) var openConnections = 0
    /// How many connections were open at the same time at most.
    package private(set) var maximumConnections = 0
    /// How many connections were ever accepted.
    package private(set) var acceptedConnections = 0
    /// The most answers with bytes of files at once.
    package private(set) var maximumConcurrency = 0

    private var running = 0
    private var paths: [String: PathTotals] = [:]

    private struct PathTotals {
        var requests = 0
        var bytes: Int64 = 0
        var running = 0
        var maximum = 0
        var stalled = 0
    }

    /// The requests for one path, queries ignored.
    package func requests(path: String) -> [RequestRecord] {
        requests.filter { $0.path == path }
    }

    /// How many requests for one path arrived.
    package func requestCount(path: String) -> Int { paths[path]?.requests ?? 0 }

    /// How many body bytes of one file were sent in all, those sent twice counted twice.
    package func bytesServed(path: String) -> Int64 { paths[path]?.bytes ?? 0 }

    /// The parts of one file that were sent, one for each answer, empty ones left out.
    package func servedRanges(path: String) -> [ByteRange] {
        requests(path: path).compactMap(\.servedRange).filter { $0.count > 0 }
    }

    /// How many bytes of one file were sent more often than once, each repetition counted.
    package func repeatedBytes(path: String) -> Int64 {
        let ranges = servedRanges(path: path)
        return ranges.reduce(0) { $0 + $1.count } - SegmentMap(ranges).count
    }

    /// The most answers with bytes of one file at once.
    package func maximumConcurrency(path: String) -> Int { paths[path]?.maximum ?? 0 }

    /// How many answers with bytes of one file are under way now.
    package func running(path: String) -> Int { paths[path]?.running ?? 0 }

    /// How many answers with bytes of one file have fallen silent now.
    package func stalled(path: String) -> Int { paths[path]?.stalled ?? 0 }

    /// The requests whose answers have fallen silent now, in the order of arrival.
    package var stalled: [RequestRecord] { requests.filter(\.isStalled) }

    mutating func connectionOpened() -> Int {
        defer { acceptedConnections += 1 }
        openConnections += 1
        maximumConnections = max(maximumConnections, openConnections)
        return acceptedConnections
    }

    mutating func connectionClosed() { openConnections -= 1 }

    mutating func began(_ record: RequestRecord) {
        requests.append(record)
        var totals = paths[record.path] ?? PathTotals()
        totals.requests += 1
        if record.start != nil {
            running += 1
            maximumConcurrency = max(maximumConcurrency, running)
            totals.running += 1
            totals.maximum = max(totals.maximum, totals.running)
        }
        paths[record.path] = totals
    }

    mutating func answered(_ id: Int, at now: ContinuousClock.Instant) {
        requests[id].answeredAt = now
    }

    mutating func wrote(_ id: Int, bytes: Int) {
        requests[id].bodyBytes += Int64(bytes)
        guard requests[id].start != nil else { return }
        paths[requests[id].path]?.bytes += Int64(bytes)
    }

    mutating func stall(_ id: Int, _ isStalled: Bool) {
        guard requests[id].isStalled != isStalled else { return }
        requests[id].isStalled = isStalled
        paths[requests[id].path]?.stalled += isStalled ? 1 : -1
    }

    mutating func ended(_ id: Int, _ ending: RequestRecord.Ending, at now: ContinuousClock.Instant)
    {
        stall(id, false)
        requests[id].ending = ending
        requests[id].endedAt = now
        guard requests[id].start != nil else { return }
        running -= 1
        paths[requests[id].path]?.running -= 1
    }
}
