import ADMModel

/// What a run of a file's bytes does next.
///
/// A pure value, without a clock, a socket or a file: it takes what happens (a first answer, an answer to a
/// request for a part, the progress of a connection, its end, a tick, an error) and says what to do: which
/// requests to send, which ranges to fill, cut or extend, which requests to end. ``Transfer`` carries that out.
struct TransferRun: Sendable {
    /// A request for bytes, and what is done with its answer.
    struct Request: Sendable {
        /// What a request is for.
        enum Role: Sendable, Hashable {
            /// Learns what the file is; its range is known only then.
            case first
            /// Fetches a part. A link that was signed for a time may have expired: then `original` gives a new one.
            case part(ByteRange, original: SourceURL)
            /// Fetches a part from a mirror.
            case mirror(ByteRange)
        }

        /// The number of its connection.
        let number: Int
        /// Where it goes.
        let url: SourceURL
        /// The origin that credentials may be sent to; nil for none.
        let trusted: SourceURL.Origin?
        /// The fields that say what is asked for.
        let query: Exchange.Query
        /// What it is for.
        let role: Role
    }

    /// Something that is done to a connection.
    enum Action: Sendable {
        /// What arrives belongs into this range of the file.
        case fill(Int, ByteRange)
        /// Nothing is written behind `at`.
        case cut(Int, at: Int64)
        /// The range ends where its answer ends again.
        case extend(Int)
        /// The request ends with this error.
        case end(Int, any Error)
        /// The host does not let in more connections than these.
        case limit(host: String, connections: Int)
    }

    /// How a run continues after an error.
    enum Restart: Sendable {
        /// It starts again; the part file is kept if bytes of it are.
        case again(keepsBytes: Bool)
        /// Once what arrived is recorded, ``changeServer()`` lets another server carry on.
        case elsewhere
        /// It fails.
        case fail(any Error)
    }

    let plan: TransferPlan
    var state: TransferState
    var open = OpenConnections()
    var ramp: ConnectionRamp
    var mirrors: Mirrors
    /// Ways of asking that the server refused in this run.
    var refused = Refusals()
    /// The length that was named before, and what the body that arrives must come to.
    var knownLength: KnownLength
    var expectation: KnownLength.Expectation?
    /// The first answer, until its part file is open.
    var opening: Opening?
    /// The first byte that the first request asked for; nil if it asked for everything.
    var asked: Int64?
    /// Where further requests go, and whether credentials may go there: redirects never left their origin.
    var finalURL: SourceURL?
    var finalIsTrusted = true
    /// Digests of the whole file that the server sent, strongest first.
    var digests: [Checksum] = []
    /// Whether bytes of several servers or versions were put together, which only a digest can prove right.
    var isMixed = false
    /// Whether a limit makes connections slow on purpose.
    var isLimited = false
    /// How many bytes a request is for.
    var piece = Int64.max

    private let startedAt: ContinuousClock.Instant
    /// The bytes that this run began with.
    var bytesAtStart: Int64
    private var meter = SpeedMeter()

    /// Begins a run with what the plan knows.
    init(_ plan: TransferPlan, at now: ContinuousClock.Instant) {
        self.plan = plan
        state = TransferState(done: plan.done, known: plan.known)
        ramp = ConnectionRamp(limit: plan.connections)
        mirrors = Mirrors(plan.url, plan.mirrors, leader: plan.leader)
        knownLength = KnownLength(plan.remembered)
        startedAt = now
        bytesAtStart = plan.done.count
    }

    // MARK: - The first request

    /// The file if every byte of it is there already, so that nothing has to be asked for.
    var wholeFile: RemoteFile? {
        guard state.isComplete, let known = state.known else { return nil }
        return RemoteFile(url: plan.url, validators: known, continues: true, canResume: true)
    }

    /// From this many files at once of one server on, they share a connection if it speaks HTTP/2.
    private static let crowd = 4

    /// Begins an attempt: the request whose answer says what the file is.
    mutating func firstRequest() -> Request {
        let gap = state.pending.first
        let continues = state.canContinue
        asked = refused.ranges || refused.firstRange ? nil : gap?.start ?? 0
        var query = Exchange.Query()
        query.isOneOfMany = plan.companions >= TransferRun.crowd
        if let asked {
            // A run that continues asks for the first piece of its gap, so that no byte is fetched twice.
            piece = continues ? firstPiece : .max
            let last =
                continues ? gap.map { "\(min($0.end - $0.start, piece) + $0.start - 1)" } : nil
            query.range = "bytes=\(asked)-\(last ?? "")"
            if continues { query.ifRange = condition }
        }
        return Request(
            number: open.add(nil),
            url: mirrors.url,
            trusted: plan.url.origin,
            query: query,
            role: .first
        )
    }

    /// How much the first request of a run that continues is for.
    private var firstPiece: Int64 {
        let connections = refused.parallel ? 1 : min(8, plan.connections)
        return max(1_048_576, state.pendingCount / Int64(connections))
    }

    /// The value of `If-Range` for requests of parts; nil if the server refused one before.
    var condition: String? { refused.condition ? nil : state.known?.ifRange }

    // MARK: - Progress

    /// All bytes on disk.
    var bytes: SegmentMap { open.map(over: state.done) }

    /// How many bytes from the beginning are written for good.
    var settled: Int64 { open.settled(over: state.done) }

    /// Takes how far the connections are.
    mutating func see(_ sightings: [OpenConnections.Sighting]) { open.see(sightings) }

    /// Looks at what the connections have done since the last time; ``see(_:)`` comes before it.
    ///
    /// - Throws: ``Failure`` with `timedOut` if the file has taken longer than it may.
    mutating func tick(
        at now: ContinuousClock.Instant,
        processorTime: Duration = .zero
    ) throws(Failure) -> [Action] {
        try checkTotalTime(at: now)
        let bytes = bytes.count
        meter.add(bytes, at: now)
        open.measure(at: now)
        reconsiderConnections(bytes: bytes, processorTime, at: now)
        var actions = open.silent(plan.settings).map { number, hasAnswer, limit in
            Action.end(
                number,
                hasAnswer
                    ? Failure.silent(mirrors.url.origin, limit)
                    : Failure.unanswered(mirrors.url.origin, limit)
            )
        }
        actions += surplus.map { .end($0, TooSlow()) }
        if state.canSplit, !isLimited {
            actions += open.takeSlow().map { .end($0, TooSlow()) }
        }
        return actions
    }

    /// Says how far the run is.
    func report(to progress: inout TransferProgress, at now: ContinuousClock.Instant) {
        let bytes = bytes.count
        let speed = meter.bytesPerSecond
        let elapsed = startedAt.duration(to: now).seconds
        progress.bytesDone = bytes
        progress.bytesThisRun = bytes - bytesAtStart
        progress.currentSpeed = speed
        progress.averageSpeed = elapsed > 0 ? Double(progress.bytesThisRun) / elapsed : 0
        progress.etaSeconds = state.total.flatMap { speed > 0 ? Double($0 - bytes) / speed : nil }
        progress.elapsedSeconds = elapsed
        progress.connections = open.count
    }

    private func checkTotalTime(at now: ContinuousClock.Instant) throws(Failure) {
        let limit = plan.settings.totalTimeout
        let spent = startedAt.duration(to: now) + Duration(saturatingSeconds: plan.secondsSpent)
        guard limit > .zero, spent > limit else { return }
        throw Failure(
            .timedOut,
            "\(plan.url.redacted) took longer than \(Int(saturating: limit.seconds.rounded(.up))) seconds in all",
            hint: "--total-timeout sets how long it may take; adm resume continues from here"
        )
    }

    // MARK: - Starting again

    /// Takes the error that ended an attempt, after ``collect(_:)``.
    mutating func restart(after error: any Error) -> Restart {
        if let refusal = error as? RangeRefusal {
            do { return .again(keepsBytes: try accept(refusal)) } catch { return .fail(error) }
        }
        if let failure = error as? Failure, mayChangeServer(failure), mirrors.failOver() {
            return .elsewhere
        }
        return .fail(error)
    }

    /// Removes all connections and keeps what they wrote, by their numbers.
    mutating func collect(_ filled: [Int: ByteRange]) {
        for (number, connection) in open.connections {
            guard let range = connection.range else { continue }
            let written = filled[number] ?? ByteRange(range.start, range.start)
            state.connectionEnded(filled: written, missing: range.rest(after: written))
        }
        open.removeAll()
    }

    /// Whether another server may do better, and nothing good is given up for it.
    private func mayChangeServer(_ failure: Failure) -> Bool {
        failure.isOfServer && (plan.isTrusted || state.done.count == 0 || !failure.isTransient)
    }

    /// Continues with another server: from where the file is if a digest of all of it is known, else from its
    /// beginning.
    ///
    /// - Returns: Whether the bytes are kept.
    mutating func changeServer() -> Bool {
        mirrors.reset()
        knownLength.changeServer()
        refused = Refusals()
        ramp = ConnectionRamp(limit: plan.settings.maxConnections)
        guard plan.isTrusted, let total = state.total else {
            state = TransferState(done: SegmentMap(), known: nil)
            bytesAtStart = 0
            return false
        }
        isMixed = isMixed || state.done.count > 0
        state = TransferState(done: state.done, known: Validators(length: total))
        return true
    }

    /// Prepares to ask in another way.
    ///
    /// - Returns: Whether the bytes are kept; what is recorded of others stays until the next answer replaces it.
    private mutating func accept(_ refusal: RangeRefusal) throws(Failure) -> Bool {
        refused.count += 1
        switch refusal {
        case .contradiction(let reason): throw Failure.contradicts(mirrors.url, reason)
        case .noRanges(let reason) where refused.ranges:
            throw Failure(
                .remoteProtocol,
                "\(mirrors.url.redacted): the server does not send the whole file: \(reason)"
            )
        case .rangeRefused(let failure) where refused.firstRange: throw failure
        default: break
        }
        guard refused.count <= 4 else {
            throw Failure(
                .remoteChanged,
                "\(plan.url.redacted) changes again and again while it is fetched"
            )
        }
        var keepsBytes = false
        switch refusal {
        case .changed: break
        case .rangeRefused(let failure):
            refused.firstRange = true
            refused.parallel = refused.parallel || !failure.isTransient
        case .noRanges: refused.ranges = true
        case .conditionIgnored:
            refused.condition = true
            keepsBytes = true
        // What arrived is kept; the session no longer asks this server for HTTP/2.
        case .connectionBroken, .contradiction: keepsBytes = true
        }
        if !keepsBytes { state = TransferState(done: SegmentMap(), known: nil) }
        bytesAtStart = state.done.count
        return keepsBytes
    }
}
