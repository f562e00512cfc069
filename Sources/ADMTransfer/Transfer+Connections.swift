import ADMDisk
import ADMModel

/// The requests of a transfer: beginning them, judging their answers, taking their ends.
extension Transfer {
    func addFirst(to group: inout ThrowingTaskGroup<Step, any Error>) {
        let gap = state.pending.first
        let asked: Int64? = refused.ranges || refused.firstRange ? nil : gap?.start ?? 0
        let continues = state.canContinue
        var query = Exchange.Query()
        query.isOneOfMany = plan.companions >= Transfer.crowd
        if let asked {
            // A run that goes on asks for the first piece of its gap, so that no byte is fetched twice.
            piece = continues ? firstPiece : .max
            let last =
                continues ? gap.map { "\(min($0.end - $0.start, piece) + $0.start - 1)" } : nil
            query.range = "bytes=\(asked)-\(last ?? "")"
            if continues { query.ifRange = condition }
        }
        let (number, handle) = open.add(nil)
        let sent = query
        group.addTask { [exchange, plan, url = mirrors.url] in
            let result = await Transfer.capture {
                try await exchange.follow(
                    url,
                    trusted: plan.url.origin,
                    query: sent,
                    handle: handle
                ) { try await self.firstAnswer($0, url: $1, asked: asked, number: number) }
            }
            return .ended(number, result)
        }
    }

    /// From so many files at once of one server on, they share a connection where it speaks HTTP/2.
    private static let crowd = 4

    /// How much the first request of a run that goes on is for.
    private var firstPiece: Int64 {
        let connections = refused.parallel ? 1 : min(8, plan.connections)
        return max(1_048_576, state.pendingCount / Int64(connections))
    }

    private static func capture(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    /// The value of `If-Range` for requests of parts; nil where the server refused one before.
    var condition: String? { refused.condition ? nil : state.known?.ifRange }

    func addConnections(to group: inout ThrowingTaskGroup<Step, any Error>) {
        guard let part, let url = finalURL, !open.awaitsFirstAnswer else {
            return
        }
        while open.count < ramp.wanted, let (filling, number, handle) = nextRange(in: part) {
            if plan.mayShare, plan.isTrusted, mirrors.hasOthers, let mirror = mirrors.takeOther() {
                mirrorOf[number] = mirror
                addMirror(mirrors.url(of: mirror), filling, number, handle, to: &group)
                continue
            }
            let query = Exchange.Query(filling.whole, ifRange: condition)
            group.addTask { [exchange, plan, finalIsTrusted, original = mirrors.url] in
                let result = await Transfer.capture {
                    // A signed link may have expired: then the original URL gives a new one.
                    do {
                        try await exchange.follow(
                            url,
                            trusted: finalIsTrusted ? plan.url.origin : nil,
                            query: query,
                            handle: handle
                        ) { try await self.furtherAnswer($0, url: $1, range: filling, number) }
                    } catch let failure as Failure where failure.mayBeExpired && url != original {
                        try await exchange.follow(
                            original,
                            trusted: plan.url.origin,
                            query: query,
                            handle: handle
                        ) {
                            let sink = try await self.furtherAnswer(
                                $0,
                                url: $1,
                                range: filling,
                                number
                            )
                            await self.moved(to: $1, isTrusted: $0.isTrusted)
                            return sink
                        }
                    }
                }
                return .ended(number, result)
            }
        }
    }

    private func addMirror(
        _ url: SourceURL,
        _ filling: OpenRange,
        _ number: Int,
        _ handle: ConnectionHandle,
        to group: inout ThrowingTaskGroup<Step, any Error>
    ) {
        let query = Exchange.Query(filling.whole)
        group.addTask { [exchange, plan] in
            let result = await Transfer.capture {
                try await exchange.follow(
                    url,
                    trusted: plan.url.origin,
                    query: query,
                    handle: handle
                ) { try await self.mirrorAnswer($0, url: $1, range: filling, number) }
            }
            return .ended(number, result)
        }
    }

    private func moved(to url: SourceURL, isTrusted: Bool) {
        finalURL = url
        finalIsTrusted = isTrusted
    }

    /// The range for another connection: one that nobody fetches, the last part of the one that would
    /// take longest, or at the end one that comes too slowly, for a second time.
    private func nextRange(
        in part: PartFile
    ) -> (range: OpenRange, number: Int, handle: ConnectionHandle)? {
        // Who reads on in place of others may have come to what nobody else was asked for.
        if open.isLending { state.skip(open.map(over: state.done)) }
        if let range = state.takePending(piece: piece) ?? borrow() {
            let filling = OpenRange(range, in: part)
            let (number, handle) = open.add(filling)
            return (filling, number, handle)
        }
        guard state.canSplit, !isLimited, let (other, rest) = open.overtaken() else { return nil }
        let filling = OpenRange(rest, in: part)
        let (number, handle) = open.addTwin(filling, of: other)
        return (filling, number, handle)
    }

    /// The last part of the range that would take longest; its connection reads on until another one is
    /// accepted there.
    private func borrow() -> ByteRange? {
        guard state.canSplit,
            let (range, lender) = open.split(minimum: plan.settings.minSegmentSize.bytes)
        else { return nil }
        open.lend(lender, from: range.start)
        return range
    }

    func connectionEnded(_ number: Int, _ result: Result<Void, any Error>) async throws {
        let (wasOpen, opened) = open.remove(number)
        guard wasOpen else { return }
        guard let range = opened else {
            guard case .failure(let failure as Failure) = result, failure.code == .network,
                plan.isRepeated, !state.canContinue, !refused.ranges, !refused.firstRange
            else { return try result.get() }
            // Some servers end the connection when they are asked for a range.
            throw RangeRefusal.rangeRefused(failure)
        }
        // A request that was ended from outside may still have a buffer on its way to the disk.
        let (filled, missing) = range.seal()
        let gained = filled.count > 0
        let isUnknown = state.total == nil
        state.connectionEnded(filled: filled, missing: missing, elsewhere: open.fetched)
        if case .success = result, isUnknown {
            // What came is kept in any case: a later run remembers the length with it.
            try requireExpected(end: filled.end)
            state.finishUnknown(at: filled.end)
        }
        open.endOvertaken(by: state.done)
        let mirror = mirrorOf.removeValue(forKey: number)
        let isUseless = mirror != nil && !gained && missing.count > 0
        mirrors.ended(mirror, hasFailed: Transfer.isFaulty(result) || isUseless)
        // What a mirror does wrong is its own affair; the piece is asked for elsewhere.
        if mirror != nil, Transfer.isFaulty(result) || isUseless { return }
        switch result {
        case .success:
            guard gained || missing.count == 0 else {
                throw Failure(.network, "\(plan.url.redacted): the server sent an empty part")
            }
        case .failure(is RangeIsFull), .failure(is TooSlow): break
        case .failure(let refusal as RangeRefusal): try refused(refusal)
        case .failure(let failure as Failure) where failure.isOfServer || failure.code == .refused:
            try await lost(failure, missing, hasGained: gained)
        case .failure(let error): throw error
        }
    }

    /// Whether a server did not give what it was asked for.
    private static func isFaulty(_ result: Result<Void, any Error>) -> Bool {
        guard case .failure(let error) = result else { return false }
        return (error as? Failure)?.isOfServer ?? (error is RangeRefusal)
    }

    /// A further connection was answered in a way that cannot be used.
    private func refused(_ refusal: RangeRefusal) throws {
        switch refusal {
        case .conditionIgnored where open.count > 0 && !refused.condition:
            // What others read is not given up for it: the part is asked for again without the condition.
            refused.condition = true
            return
        case .conditionIgnored, .connectionBroken: throw refusal
        case .changed, .noRanges, .contradiction, .rangeRefused: break
        }
        refused.parallel = true
        guard carryOn() else { throw refusal }
    }

    /// A connection broke, or was not let in.
    private func lost(_ failure: Failure, _ missing: ByteRange, hasGained: Bool) async throws {
        // A link may be good for one request alone; then the first one carries on.
        if !failure.isTransient, state.canSplit, carryOn() { return }
        guard open.count == 0 else {
            // What broke on the way is asked for again; who was not let in was one too many.
            guard !hasGained else { return }
            ramp.restrict(to: open.count)
            if !open.isLending {
                let ranges = open.count == 1 ? state.pending : [missing]
                state.skip(SegmentMap(open.carryOn(over: ranges)))
            }
            if failure.code == .remoteBusy {
                await steps.objected(mirrors.url.origin.host, open.count)
            }
            return
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
    private func carryOn() -> Bool {
        state.stopSplitting()
        state.skip(SegmentMap(open.carryOn(over: state.pending)))
        ramp.restrict(to: max(1, open.count))
        return state.pending.isEmpty && open.count > 0
    }
}
