import ADMModel

/// How a run judges what servers answer.
extension TransferRun {
    /// A first answer that was accepted, until its part file is open.
    struct Opening: Sendable {
        let answer: FirstAnswer
        let file: RemoteFile
        let validators: Validators
        let isTrusted: Bool
    }

    /// Judges the answer to the first request.
    ///
    /// - Returns: What it says about the file; ``opened(_:at:)`` follows once its part file is open.
    /// - Throws: ``RangeRefusal`` if the run has to ask in another way, ``Failure``.
    mutating func firstAnswer(_ facts: ResponseFacts, url: SourceURL) throws -> RemoteFile {
        if let failure = Failure.status(facts, url: url) {
            guard asked != nil, mayBeOfTheRange(failure) else { throw failure }
            throw RangeRefusal.rangeRefused(failure)
        }
        try noteLength(beyondEndOf: facts)
        let answer = try FirstAnswer(
            facts,
            asked: asked,
            known: state.canContinue ? state.known : nil,
            isTrusted: plan.isTrusted,
            conditionSent: state.canContinue && condition != nil,
            conditionRefused: refused.condition
        )
        if plan.isRepair, !answer.continues, mirrors.hasOthers {
            throw Failure(.remoteProtocol, "\(url.redacted) gives no parts of the file")
        }
        try requireExpected(length: answer.total, of: url)
        var validators = facts.validators
        validators.length = answer.total
        expectation = try expectation(of: validators, facts, wasPartAsked: asked != nil)
        knownLength.note(validators)
        validators.length = answer.total ?? expectation?.length
        let file = remoteFile(facts, answer, validators, url: url)
        if answer.continues, isOtherVersion(facts) { isMixed = true }
        if plan.mayShare { mirrors.add(LinkField.mirrors(facts.links, base: url)) }
        opening = Opening(
            answer: answer,
            file: file,
            validators: validators,
            isTrusted: facts.isTrusted
        )
        return file
    }

    /// What an accepted answer says about the file.
    private func remoteFile(
        _ facts: ResponseFacts,
        _ answer: FirstAnswer,
        _ validators: Validators,
        url: SourceURL
    ) -> RemoteFile {
        // A later run asks the first server again: what a mirror says of its file proves nothing there.
        let recorded =
            mirrors.url == plan.url ? validators : Validators(length: validators.length)
        return RemoteFile(
            url: url,
            hops: facts.hops,
            validators: answer.continues ? state.known ?? recorded : recorded,
            offeredName: ContentDisposition.fileName(facts.dispositions),
            digests: facts.isEncoded ? [] : facts.digests.flatMap(DigestField.parse),
            continues: answer.continues,
            canResume: answer.ranges && (recorded.canProveSameness || plan.isTrusted)
        )
    }

    /// Takes the first answer: its part file is open, and its body may be read.
    ///
    /// - Throws: `CancellationError` if the request has ended in the meantime.
    mutating func opened(
        _ number: Int,
        at now: ContinuousClock.Instant,
        processorTime: Duration = .zero
    ) throws -> [Action] {
        guard let opening, open.contains(number) else { throw CancellationError() }
        self.opening = nil
        let answer = opening.answer
        digests = opening.file.digests
        finalURL = opening.file.url
        finalIsTrusted = opening.isTrusted
        let provable = opening.validators.canProveSameness || plan.isTrusted
        let range = state.begin(
            start: answer.start,
            validators: opening.validators,
            total: answer.total,
            canSplit: answer.ranges && provable && !refused.ranges && !refused.parallel,
            continues: answer.continues
        )
        if !answer.continues { bytesAtStart = 0 }
        // A run that continues asked for one piece only.
        let end = answer.continues && piece < range.count ? range.start + piece : range.end
        open.assign(ByteRange(range.start, end), to: number)
        state.postpone(ByteRange(end, range.end))
        startRamp(at: now, processorTime)
        var actions = [Action.fill(number, ByteRange(range.start, end))]
        if wantsConnections, piece < end - range.start {
            let stop = range.start + piece
            // An open answer may be the only one that is given: it is not cut before there is another.
            if answer.continues {
                open.cut(number, at: stop)
                actions.append(.cut(number, at: stop))
            } else {
                open.lend(number, from: stop)
            }
            state.postpone(ByteRange(stop, end))
        }
        return actions
    }

    /// Judges the answer to a request for a part.
    ///
    /// - Throws: ``RangeRefusal``, ``Failure`` if its body is not that part of the file.
    mutating func partAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: ByteRange,
        _ number: Int
    ) throws -> [Action] {
        if let failure = Failure.status(facts, url: url) { throw failure }
        let conditional = condition != nil
        switch RangeAnswer.judge(
            facts,
            asked: range.start,
            known: state.known,
            trusted: plan.isTrusted,
            conditional: conditional
        ) {
        case .fits:
            if isOtherVersion(facts) { isMixed = true }
            return accepted(number)
        case .wholeFile:
            // Some servers drop the range when there is a condition: ask once without it.
            if conditional { throw RangeRefusal.conditionIgnored }
            throw RangeRefusal.noRanges("the server sent all instead of a part")
        case .changed, .beyondEnd: throw RangeRefusal.changed
        case .brokenRanges(let reason): throw RangeRefusal.noRanges(reason)
        case .contradicts(let length, let known):
            throw RangeRefusal.noRanges(KnownLength.contradiction(length, known))
        }
    }

    /// Judges the answer of a mirror: the length must be right, the digest says the rest at the end.
    mutating func mirrorAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: ByteRange,
        _ number: Int
    ) throws -> [Action] {
        if let failure = Failure.status(facts, url: url) { throw failure }
        let judgement = RangeAnswer.judge(
            facts,
            asked: range.start,
            known: Validators(length: state.total),
            trusted: true
        )
        guard case .fits = judgement, facts.status == 206 else {
            throw Failure(.remoteChanged, "\(url.redacted) is not a mirror of \(plan.url.redacted)")
        }
        // A digest of its own that is another one tells before a byte is mixed.
        let named = facts.isEncoded ? [] : facts.digests.flatMap(DigestField.parse)
        let contradicts = named.contains { offered in
            (plan.expected.map { [$0] } ?? digests).contains {
                $0.algorithm == offered.algorithm && $0.hex != offered.hex
            }
        }
        guard !contradicts else {
            throw Failure(.remoteChanged, "\(url.redacted) names another digest of the file")
        }
        isMixed = true
        return accepted(number)
    }

    private mutating func accepted(_ number: Int) -> [Action] {
        guard let (lender, stop) = open.accepted(number) else { return [] }
        return [.cut(lender, at: stop)]
    }

    /// Whether an answer that was taken because of a digest calls itself another version than those before.
    private func isOtherVersion(_ facts: ResponseFacts) -> Bool {
        state.known?.relation(to: facts.validators) == .different
    }

    /// Whether a server may refuse a request only because it asks for a range, so that asking for the whole
    /// file is worth a request.
    ///
    /// What has arrived is not risked for a server that is busy for a moment, and one that says when to come back
    /// is asked then.
    private func mayBeOfTheRange(_ failure: Failure) -> Bool {
        switch failure.status {
        case 401, 407: false
        case 429: plan.isRepeated && !state.canContinue
        default:
            !failure.isTransient
                || (!state.canContinue && (failure.retryAfter == nil || plan.isRepeated))
        }
    }

    // MARK: - Lengths

    /// Takes the length that an answer to a range beyond the end names.
    private mutating func noteLength(beyondEndOf facts: ResponseFacts) throws(RangeRefusal) {
        guard facts.status == 416, let total = facts.contentRange?.total else { return }
        var validators = facts.validators
        validators.length = total
        do { _ = try knownLength.expectation(of: validators) } catch {
            guard case .contradiction(let reason) = error else { throw error }
            throw .noRanges(reason)
        }
        knownLength.note(validators)
    }

    /// What the body of an answer must come to, by earlier answers and by its own word.
    ///
    /// - Throws: ``RangeRefusal`` if the answer contradicts them.
    private func expectation(
        of validators: Validators,
        _ facts: ResponseFacts,
        wasPartAsked: Bool
    ) throws(RangeRefusal) -> KnownLength.Expectation? {
        // An encoded body has a length of its own.
        guard !facts.isEncoded else { return nil }
        var validators = validators
        validators.length = validators.length ?? facts.claimedLength
        do {
            let known = try knownLength.expectation(of: validators)
            guard known == nil, let claimed = facts.claimedLength, facts.contentLength == nil else {
                return known
            }
            return KnownLength.Expectation(length: claimed, isSameVersion: true)
        } catch {
            // A digest says more than any length.
            guard !plan.isTrusted else { return nil }
            // The server may be wrong about its parts alone.
            guard case .contradiction(let reason) = error, facts.status == 206, wasPartAsked else {
                throw error
            }
            throw .noRanges(reason)
        }
    }

    /// Checks that a body that named no length has all that is known of the file.
    ///
    /// - Throws: ``Failure`` with `network` if it ended before, `remoteChanged` if it is longer.
    func requireExpected(end: Int64) throws(Failure) {
        guard let expectation, !expectation.allows(end) else { return }
        guard end >= expectation.length else {
            throw Failure(
                .network,
                "\(mirrors.url.origin) ended the answer after \(end) of \(expectation.length) bytes",
                hint: "if the file is shorter now, adm rm forgets what was said of it before"
            )
        }
        throw Failure.contradicts(
            mirrors.url,
            KnownLength.contradiction(end, expectation.length)
        )
    }

    /// Refuses a file of another length than the one that was asked for.
    private func requireExpected(length: Int64?, of url: SourceURL) throws(Failure) {
        guard let length else { return }
        let isRight =
            plan.size.map { $0 == length } ?? plan.pieces?.fit(length: length) ?? true
        guard !isRight else { return }
        throw Failure(
            .remoteChanged,
            "\(url.redacted) has \(length) bytes, which is not the length of the file",
            hint: "the server has another file there than the one that is described",
            cause: plan.size.map { "the file has \($0) bytes" }
        )
    }
}
