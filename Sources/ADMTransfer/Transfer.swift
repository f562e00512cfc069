import ADMDisk
import ADMModel

/// One run of a file's bytes: from the first request to a whole part file.
///
/// The decisions are in ``TransferState``, ``RangeAnswer`` and ``ConnectionRamp``; this actor asks
/// them and acts.
package actor Transfer {
    let plan: TransferPlan
    let steps: TransferSteps
    let exchange: Exchange
    let monitor: TransferMonitor
    let clock = ContinuousClock()

    var state: TransferState
    var ramp: ConnectionRamp
    var meter = SpeedMeter()
    var part: PartFile?
    var digests: [Checksum] = []
    /// The digest that will be asked for at the end, computed behind the bytes that arrive.
    var following: FollowingDigest?
    var isDigesting = false
    var finalURL: SourceURL?
    /// The length that was named before, and what the body that arrives must come to.
    var knownLength: KnownLength
    var expectation: KnownLength.Expectation?
    /// Whether credentials may go there: redirects never left the origin that they are for.
    var finalIsTrusted = true
    var open = OpenConnections()
    var startedAt = ContinuousClock.now
    var bytesAtStart: Int64 = 0
    var checkpoints = CheckpointClock()
    var flushes = Flushes()
    /// Ways of asking that the server refused in this run.
    var refused = Refusals()
    var mirrors: Mirrors
    /// The mirror of each open connection that does not go to the leader.
    var mirrorOf: [Int: Int] = [:]
    var isMixed = false
    private var answered: AsyncStream<Void>.Continuation?
    /// How many bytes a request is for.
    var piece = Int64.max

    /// Prepares a run; nothing happens before ``run()``.
    package init(
        _ plan: TransferPlan,
        session: HTTPSession,
        monitor: TransferMonitor,
        steps: TransferSteps
    ) {
        self.plan = plan
        self.steps = steps
        self.monitor = monitor
        exchange = Exchange(
            session: session,
            fields: plan.fields,
            settings: plan.settings,
            limits: plan.limits,
            authorization: plan.authorization
        )
        state = TransferState(done: plan.done, known: plan.known)
        knownLength = KnownLength(plan.remembered)
        ramp = ConnectionRamp(limit: plan.connections)
        mirrors = Mirrors(plan.url, plan.mirrors, leader: plan.leader)
    }

    /// Fetches everything that is missing.
    ///
    /// A changed file, or a server whose ranges cannot be used, makes it begin again from the first
    /// byte. Before it throws, whatever arrived is synced and recorded; before it returns, the last
    /// bytes are not.
    ///
    /// - Throws: ``Failure``; `CancellationError` after cancellation.
    package func run() async throws -> TransferReceipt {
        startedAt = clock.now
        bytesAtStart = state.done.count
        while true {
            do {
                try await attempt()
                return try finish()
            } catch let refusal as RangeRefusal {
                do { try accept(refusal) } catch {
                    try? await checkpoint()
                    throw error
                }
            } catch let failure as Failure where mayChangeServer(failure) && mirrors.failOver() {
                open.collect(into: &state)
                try? await checkpoint()
                changeServer()
            } catch {
                // Nothing is written any more, whoever still has a buffer.
                open.collect(into: &state)
                // What is recorded here survives; a second failure must not hide the first.
                try? await checkpoint()
                throw error
            }
        }
    }

    /// Whether another server may do better, and nothing good is given up for it.
    private func mayChangeServer(_ failure: Failure) -> Bool {
        let hasBytes = open.map(over: state.done).count > 0
        return failure.isOfServer && (plan.isTrusted || !hasBytes || !failure.isTransient)
    }

    /// Forgets what was fetched; what is recorded of it stays until the next answer replaces it.
    private func beginAnew() {
        state = TransferState(done: SegmentMap(), known: nil)
        part = nil
        following = nil
    }

    /// Goes on with another server: from where the file is where a digest of all of it is known, else from
    /// its beginning.
    private func changeServer() {
        mirrors.reset()
        mirrorOf = [:]
        knownLength.changeServer()
        refused = Refusals()
        ramp = ConnectionRamp(limit: plan.settings.maxConnections)
        guard plan.isTrusted, let total = state.total else {
            beginAnew()
            bytesAtStart = 0
            return
        }
        isMixed = isMixed || state.done.count > 0
        state = TransferState(done: state.done, known: Validators(length: total))
    }

    private func accept(_ refusal: RangeRefusal) throws {
        open.collect(into: &state)
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
        switch refusal {
        case .changed: beginAnew()
        case .rangeRefused(let failure):
            refused.firstRange = true
            refused.parallel = refused.parallel || !failure.isTransient
            beginAnew()
        case .noRanges:
            refused.ranges = true
            beginAnew()
        case .conditionIgnored: refused.condition = true
        // What arrived is kept; the session no longer asks this server for HTTP/2.
        case .connectionBroken: break
        case .contradiction: break
        }
        bytesAtStart = state.done.count
    }

    private func finish() throws -> TransferReceipt {
        guard let part, let length = state.total else {
            throw Failure(
                .unclassified,
                "the transfer of \(plan.url.redacted) ended without a file"
            )
        }
        return TransferReceipt(
            part: part,
            length: length,
            digests: digests,
            digest: following,
            isMixed: isMixed
        )
    }

    // MARK: - One attempt

    enum Step: Sendable {
        case tick
        case answered
        case ended(Int, Result<Void, any Error>)
        case checkpointed
        case flushed
        case digested(Bool)
    }

    private func attempt() async throws {
        if state.isComplete, let known = state.known {
            part = try await steps.identify(
                RemoteFile(
                    url: plan.url,
                    validators: known,
                    offeredName: nil,
                    digests: [],
                    continues: true,
                    canResume: true
                )
            )
            return
        }
        // The steps of an earlier attempt are not waited for.
        checkpoints = CheckpointClock()
        flushes = Flushes()
        isDigesting = false
        try await withThrowingTaskGroup(of: Step.self) { group in
            defer { group.cancelAll() }
            let (answers, answered) = AsyncStream.makeStream(of: Void.self)
            self.answered = answered
            addFirst(to: &group)
            group.addTask {
                for await _ in answers { break }
                return .answered
            }
            group.addTask { await Transfer.pause(.milliseconds(25)) }
            while let step = try await group.next() {
                switch step {
                case .ended(let number, let result):
                    try await connectionEnded(number, result)
                    if state.isComplete {
                        // Who still fetches the same is not waited for.
                        open.collect(into: &state)
                        return
                    }
                    addConnections(to: &group)
                case .answered: addConnections(to: &group)
                case .tick:
                    try Task.checkCancellation()
                    let bytes = try observe()
                    addConnections(to: &group)
                    addCheckpoint(to: &group)
                    addFlush(of: bytes, to: &group)
                    addDigesting(to: &group)
                    let pause = ramp.isGrowing && state.canSplit ? 25 : 100
                    group.addTask { await Transfer.pause(.milliseconds(pause)) }
                case .checkpointed: checkpoints.finished(at: clock.now)
                case .flushed: flushes.isRunning = false
                case .digested(let isFine): digested(isFine, in: &group)
                }
            }
        }
    }

    private static func pause(_ time: Duration) async -> Step {
        try? await Task.sleep(for: time)
        return .tick
    }

    /// Whether the length of the file is known and ranges may be fetched: more connections may begin.
    func begin() {
        guard state.canSplit else { return }
        open.observe(at: clock.now)
        ramp.begin(
            bytesMissing: missingCount,
            minimum: plan.settings.minSegmentSize.bytes,
            roundTrip: open.roundTrip,
            at: clock.now
        )
        piece = ramp.piece(of: missingCount, roundTrip: open.roundTrip)
        if ramp.wanted > 1 { answered?.yield() }
    }

    private var missingCount: Int64 { state.total.map { $0 - state.done.count } ?? 0 }
}

extension Failure {
    /// Whether another server may do better.
    var isOfServer: Bool {
        switch code {
        case .network, .timeout, .resolve, .tls, .remoteBusy, .remoteNotFound, .remoteProtocol,
            .remoteChanged, .authentication:
            true
        default: false
        }
    }
}

/// Ways of asking that the server refused.
struct Refusals {
    var ranges = false
    /// A range with the first request alone: others may still be taken.
    var firstRange = false
    var condition = false
    var parallel = false
    var count = 0
}

extension Failure {
    /// Whether a link that was signed for a time may be the reason.
    var mayBeExpired: Bool {
        code == .authentication || code == .remoteNotFound || status == 400
    }
}
