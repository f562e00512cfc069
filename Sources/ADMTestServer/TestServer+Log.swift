package import ADMModel

/// Short forms of what tests ask of the log most.
extension TestServer {
    /// The requests so far, those of one path or all, in the order of arrival.
    package func requests(_ path: String? = nil) -> [RequestRecord] {
        let log = log
        return path.map { log.requests(path: $0) } ?? log.requests
    }

    /// How many body bytes of one file were sent in all, those sent twice counted twice.
    package func bytesServed(path: String) -> Int64 { log.bytesServed(path: path) }

    /// The parts of one file that were sent, one for each answer, empty ones left out.
    package func servedRanges(path: String) -> [ByteRange] { log.servedRanges(path: path) }

    /// The most answers with bytes of files at once.
    package var maximumConcurrency: Int { log.maximumConcurrency }

    /// The most answers with bytes of one file at once.
    package func maximumConcurrency(path: String) -> Int { log.maximumConcurrency(path: path) }

    /// How many connections were open at the same time at most.
    package var maximumConnections: Int { log.maximumConnections }

    /// How many connections are open now.
    package var openConnections: Int { log.openConnections }

    /// Suspends until that many requests for a path have arrived.
    ///
    /// - Parameters:
    ///   - path: The path without a query.
    ///   - count: How many requests since the beginning.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitForRequests(path: String, count: Int) async throws {
        try await waitUntil { $0.requestCount(path: path) >= count }
    }

    /// Suspends until that many body bytes of a file have been sent in all.
    ///
    /// - Parameters:
    ///   - path: The path without a query.
    ///   - bytes: How many bytes since the beginning.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntilServed(path: String, bytes: Int64) async throws {
        try await waitUntil { $0.bytesServed(path: path) >= bytes }
    }

    /// Suspends until that many answers with bytes of a file have fallen silent at the same time.
    ///
    /// - Parameters:
    ///   - path: The path without a query.
    ///   - count: How many answers.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntilStalled(path: String, count: Int = 1) async throws {
        try await waitUntil { $0.stalled(path: path) >= count }
    }

    /// Suspends until no answer with bytes of a file is under way.
    ///
    /// - Parameter path: The path without a query.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntilIdle(path: String) async throws {
        try await waitUntil { $0.running(path: path) == 0 }
    }
}
