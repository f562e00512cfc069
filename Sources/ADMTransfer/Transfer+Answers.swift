import ADMDisk
import ADMModel

/// How a transfer judges what servers answer.
extension Transfer {
    func firstAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        asked: Int64?,
        number: Int
    ) async throws -> BodySink {
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
        // A later run asks the first server again: what a mirror says of its file proves nothing there.
        let recorded =
            mirrors.url == plan.url ? validators : Validators(length: validators.length)
        let identity = RemoteFile(
            url: url,
            hops: facts.hops,
            validators: answer.continues ? state.known ?? recorded : recorded,
            offeredName: ContentDisposition.fileName(facts.dispositions),
            digests: facts.isEncoded ? [] : facts.digests.flatMap(DigestField.parse),
            continues: answer.continues,
            canResume: answer.ranges && (recorded.canProveSameness || plan.isTrusted)
        )
        if answer.continues, isOtherVersion(facts) { isMixed = true }
        if plan.mayShare { mirrors.add(LinkField.mirrors(facts.links, base: url)) }
        // The bytes that a digest was made of go with it.
        if !answer.continues { following = nil }
        let part = try await steps.identify(identity)
        // The request may have ended meanwhile, and another have begun.
        guard open.contains(number) else { throw CancellationError() }
        self.part = part
        digests = identity.digests
        follow(part)
        finalURL = url
        finalIsTrusted = facts.isTrusted
        let provable = validators.canProveSameness || plan.isTrusted
        let range = state.begin(
            start: answer.start,
            validators: validators,
            total: answer.total,
            canSplit: answer.ranges && provable && !refused.ranges && !refused.parallel,
            continues: answer.continues
        )
        if !answer.continues { bytesAtStart = 0 }
        // A resumed run asked for one piece only.
        let end = answer.continues && piece < range.count ? range.start + piece : range.end
        let filling = OpenRange(ByteRange(range.start, end), in: part)
        open.assign(filling, to: number)
        state.postpone(ByteRange(end, range.end))
        begin()
        if ramp.wanted > 1, piece < end - range.start {
            let stop = range.start + piece
            // An open answer may be the only one that is given: it is not cut before there is another.
            if answer.continues { filling.cut(at: stop) } else { open.lend(number, from: stop) }
            state.postpone(ByteRange(stop, end))
        }
        let total = state.total
        monitor.update {
            $0.bytesTotal = total
            $0.phase = .downloading
        }
        return .fill(filling)
    }

    /// Whether a server may refuse a request because it asks for a range alone, so that asking for all of the
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

    /// Takes the length that an answer to a range beyond the end names.
    private func noteLength(beyondEndOf facts: ResponseFacts) throws(RangeRefusal) {
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
    /// - Throws: ``RangeRefusal`` where the answer contradicts them.
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

    /// Sees that a body that named no length has all that is known of the file.
    ///
    /// - Throws: ``Failure`` with `network` where it ended before, `remoteChanged` where it is longer.
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

    func furtherAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: OpenRange,
        _ number: Int
    ) throws -> BodySink {
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
            open.accepted(number)
            if isOtherVersion(facts) { isMixed = true }
            return .fill(range)
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

    /// Whether an answer that was taken because of a digest calls itself another version than those before.
    private func isOtherVersion(_ facts: ResponseFacts) -> Bool {
        state.known?.relation(to: facts.validators) == .different
    }

    /// Judges the answer of a mirror: the length must be right, the digest says the rest at the end.
    func mirrorAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: OpenRange,
        _ number: Int
    ) throws -> BodySink {
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
        open.accepted(number)
        return .fill(range)
    }
}

extension Failure {
    /// Names an answer that cannot be the file, because it contradicts what is known of it.
    static func contradicts(_ url: SourceURL, _ reason: String) -> Failure {
        Failure(
            .remoteChanged,
            "\(url.redacted) contradicts itself: \(reason)",
            hint: "if the file is another one now, adm rm forgets what was fetched and said before"
        )
    }
}
