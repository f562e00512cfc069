import ADMModel

/// Which parts of the file are asked for next, and what the end of a connection means.
extension TransferRun {
    /// Whether further connections are wanted at once.
    var wantsConnections: Bool { ramp.wanted > 1 }

    /// Whether the first connection is watched before there are others.
    var isProbing: Bool { ramp.isProbing && state.canSplit }

    /// Decides how many connections are worth it, once the first answer is accepted.
    mutating func startRamp(at now: ContinuousClock.Instant, _ processorTime: Duration) {
        guard state.canSplit else { return }
        open.measure(at: now)
        ramp.begin(
            bytesMissing: missingCount,
            minimum: plan.settings.minSegmentSize.bytes,
            roundTrip: open.roundTrip,
            processorTime: processorTime,
            at: now
        )
        piece = ramp.piece(of: missingCount, roundTrip: open.roundTrip)
    }

    /// Takes how many connections it may have now.
    mutating func allow(_ count: Int) { ramp.allow(count) }

    /// The youngest connections beyond those that it may have now; others fetch the rest of their bytes.
    var surplus: [Int] {
        guard !open.awaitsFirstAnswer else { return [] }
        return Array(open.connections.keys.sorted().dropFirst(ramp.limit))
    }

    /// Decides how many connections are worth it, by what they did until now.
    mutating func reconsiderConnections(
        bytes: Int64,
        _ processorTime: Duration,
        at now: ContinuousClock.Instant
    ) {
        guard let total = state.total, state.canSplit else { return }
        let wasProbing = isProbing
        ramp.report(
            bytes: bytes - bytesAtStart,
            bytesMissing: total - bytes,
            roundTrip: open.roundTrip,
            processorTime: processorTime,
            at: now
        )
        if wasProbing, !isProbing { share(bytesMissing: total - bytes) }
    }

    /// How long to wait for the next tick.
    var pause: Duration { .milliseconds(ramp.isGrowing && state.canSplit ? 25 : 100) }

    /// Lets the only connection read on in place of those that are wanted now, each of which gets a piece.
    private mutating func share(bytesMissing: Int64) {
        guard wantsConnections, ramp.trial == nil else { return }
        piece = ramp.piece(of: bytesMissing, roundTrip: open.roundTrip)
        guard let rest = open.lendAll(behind: piece) else { return }
        state.postpone(rest)
    }

    private var missingCount: Int64 { state.total.map { $0 - state.done.count } ?? 0 }

    /// Adds the connections that are wanted now and have something to fetch.
    mutating func furtherRequests() -> [Request] {
        guard let finalURL, !open.awaitsFirstAnswer else { return [] }
        var requests: [Request] = []
        while open.count < ramp.wanted, let (number, range) = nextRange() {
            if plan.mayShare, plan.isTrusted, mirrors.hasOthers, let mirror = mirrors.takeOther() {
                open.connections[number]?.mirror = mirror
                requests.append(
                    Request(
                        number: number,
                        url: mirrors.url(of: mirror),
                        trusted: plan.url.origin,
                        query: Exchange.Query(range),
                        role: .mirror(range)
                    )
                )
                continue
            }
            requests.append(
                Request(
                    number: number,
                    url: finalURL,
                    trusted: finalIsTrusted ? plan.url.origin : nil,
                    query: Exchange.Query(range, ifRange: condition),
                    role: .part(range, original: mirrors.url)
                )
            )
        }
        return requests
    }

    /// Takes where redirects lead now.
    mutating func moved(to url: SourceURL, isTrusted: Bool) {
        finalURL = url
        finalIsTrusted = isTrusted
    }

    /// The range for another connection: one that nobody fetches, the last part of the one that would
    /// take longest, or at the end one that comes too slowly, for a second time.
    private mutating func nextRange() -> (number: Int, range: ByteRange)? {
        // A connection that reads on in place of others may have come to what nobody else was asked for.
        if open.isLending { state.skip(bytes) }
        let most = min(piece, ramp.trial ?? .max)
        if let range = state.takePending(piece: most) ?? borrow() {
            return (open.add(range), range)
        }
        guard state.canSplit, !isLimited, let (other, rest) = open.overtaken() else { return nil }
        let number = open.add(rest)
        open.pair(number, with: other)
        return (number, rest)
    }

    /// The last part of the range that would take longest; its connection reads on until another one is
    /// accepted there.
    private mutating func borrow() -> ByteRange? {
        guard state.canSplit,
            let (range, lender) = open.split(
                minimum: plan.settings.minSegmentSize.bytes,
                most: ramp.trial ?? .max
            )
        else { return nil }
        open.lend(lender, from: range.start)
        return range
    }

    // MARK: - Ends

    /// Takes the end of a connection; `filled` is what it wrote, nil if its answer was never accepted.
    ///
    /// - Throws: What ends the attempt: ``RangeRefusal`` if the run has to ask in another way, ``Failure``.
    mutating func ended(
        _ number: Int,
        filled: ByteRange?,
        _ result: Result<Void, any Error>
    ) throws -> [Action] {
        guard let connection = open.remove(number) else { return [] }
        guard let range = connection.range else {
            try endedUnanswered(result)
            return []
        }
        let filled = filled ?? ByteRange(range.start, range.start)
        let missing = range.rest(after: filled)
        let isUnknown = state.total == nil
        state.connectionEnded(filled: filled, missing: missing, elsewhere: open.fetched)
        if case .success = result, isUnknown {
            // What came is kept in any case: a later run remembers the length with it.
            try requireExpected(end: filled.end)
            state.finishUnknown(at: filled.end)
        }
        var actions = open.superseded(by: state.done).map { Action.end($0, TooSlow()) }
        let isFaulty =
            TransferRun.isFaulty(result)
            || (connection.mirror != nil && filled.count == 0 && missing.count > 0)
        mirrors.ended(connection.mirror, hasFailed: isFaulty)
        // What a mirror does wrong is its own affair; the piece is asked for elsewhere.
        if connection.mirror != nil, isFaulty { return actions }
        switch result {
        case .success:
            guard filled.count > 0 || missing.count == 0 else {
                throw Failure(.network, "\(plan.url.redacted): the server sent an empty part")
            }
        case .failure(is RangeIsFull), .failure(is TooSlow): break
        case .failure(let refusal as RangeRefusal): actions += try declined(refusal)
        case .failure(let failure as Failure) where failure.isOfServer || failure.code == .refused:
            actions += try lost(failure, missing, hasGained: filled.count > 0)
        case .failure(let error): throw error
        }
        return actions
    }

    /// Takes the end of a request that was never answered.
    private func endedUnanswered(_ result: Result<Void, any Error>) throws {
        guard case .failure(let failure as Failure) = result, failure.code == .network,
            plan.isRepeated, !state.canContinue, !refused.ranges, !refused.firstRange
        else { return try result.get() }
        // Some servers end the connection when they are asked for a range.
        throw RangeRefusal.rangeRefused(failure)
    }

    /// Whether a server did not give what it was asked for.
    private static func isFaulty(_ result: Result<Void, any Error>) -> Bool {
        guard case .failure(let error) = result else { return false }
        return (error as? Failure)?.isOfServer ?? (error is RangeRefusal)
    }

    /// A further connection was answered in a way that cannot be used.
    private mutating func declined(_ refusal: RangeRefusal) throws -> [Action] {
        switch refusal {
        case .conditionIgnored where open.count > 0 && !refused.condition:
            // What others read is not given up for it: the part is asked for again without the condition.
            refused.condition = true
            return []
        case .conditionIgnored, .connectionBroken: throw refusal
        case .changed, .noRanges, .contradiction, .rangeRefused: break
        }
        refused.parallel = true
        let (isAll, actions) = carryOn()
        guard isAll else { throw refusal }
        return actions
    }

    /// A connection broke, or was not let in.
    private mutating func lost(
        _ failure: Failure,
        _ missing: ByteRange,
        hasGained: Bool
    ) throws(Failure) -> [Action] {
        var actions: [Action] = []
        // A link may be good for one request alone; then the first one carries on.
        if !failure.isTransient, state.canSplit {
            let (isAll, extended) = carryOn()
            actions = extended
            if isAll { return actions }
        }
        guard open.count == 0 else {
            // What broke on the way is asked for again; one that was not let in was one too many.
            guard !hasGained else { return actions }
            ramp.restrict(to: open.count)
            if !open.isLending {
                let ranges = open.count == 1 ? state.pending : [missing]
                let (extended, kept) = open.carryOn(over: ranges)
                state.skip(SegmentMap(kept))
                actions += extended.map { .extend($0) }
            }
            if failure.code == .remoteBusy {
                actions.append(.limit(host: mirrors.url.origin.host, connections: open.count))
            }
            return actions
        }
        guard failure.mayBeExpired, state.done.count > bytesAtStart else { throw failure }
        // The link was good a moment ago: the next attempt asks the original URL for a new one.
        throw Failure(
            .network,
            failure.message,
            hint: failure.hint,
            cause: "the link worked before in this run"
        )
    }

    /// Lets the connections whose answers hold what nobody fetches read it, and begins no others: what they
    /// read is of one version, whatever other requests are told.
    ///
    /// - Returns: Whether that is all that is missing.
    private mutating func carryOn() -> (isAll: Bool, actions: [Action]) {
        state.stopSplitting()
        let (extended, kept) = open.carryOn(over: state.pending)
        state.skip(SegmentMap(kept))
        ramp.restrict(to: max(1, open.count))
        return (state.pending.isEmpty && open.count > 0, extended.map { .extend($0) })
    }
}
