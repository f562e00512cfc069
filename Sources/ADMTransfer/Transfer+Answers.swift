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
        if let failure = Failure.status(facts, url: url) { throw failure }
        let answer = try FirstAnswer(
            facts,
            asked: asked,
            known: state.canContinue ? state.known : nil,
            isTrusted: plan.isTrusted,
            conditionSent: state.canContinue && condition != nil,
            conditionRefused: refused.condition
        )
        var validators = facts.validators
        validators.length = answer.total
        // A later run asks the first server again: what a mirror says of its file proves nothing there.
        let recorded = mirrors.url == plan.url ? validators : Validators(length: answer.total)
        let identity = RemoteIdentity(
            url: url,
            validators: answer.continues ? state.known ?? recorded : recorded,
            offeredName: ContentDisposition.fileName(facts.dispositions),
            digests: facts.isEncoded ? [] : facts.digests.flatMap(DigestField.parse),
            continues: answer.continues,
            canResume: answer.ranges && (recorded.canProveSameness || plan.isTrusted)
        )
        if plan.mayShare { mirrors.add(LinkField.mirrors(facts.links, base: url)) }
        let part = try await steps.identify(identity)
        // The request may have ended meanwhile, and another have begun.
        guard open.contains(number) else { throw CancellationError() }
        self.part = part
        digests = identity.digests
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
        let filling = OpenRange(range, in: part)
        open.assign(filling, to: number)
        let requested = answer.continues ? piece : .max
        begin()
        let own = ramp.wanted > 1 ? min(requested, piece) : requested
        if let rest = filling.keep(own) { state.postpone(rest) }
        let total = state.total
        monitor.update {
            $0.bytesTotal = total
            $0.phase = .downloading
        }
        return .fill(filling)
    }

    func furtherAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: OpenRange
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
        case .fits: return .fill(range)
        case .wholeFile:
            // Some servers drop the range when there is a condition: ask once without it.
            if conditional { throw RangeRefusal.conditionIgnored }
            throw RangeRefusal.noRanges("the server sent all instead of a part")
        case .changed, .beyondEnd: throw RangeRefusal.changed
        case .brokenRanges(let reason): throw RangeRefusal.noRanges(reason)
        }
    }

    /// Judges the answer of a mirror: the length must be right, the digest says the rest at the end.
    func mirrorAnswer(
        _ facts: ResponseFacts,
        url: SourceURL,
        range: OpenRange
    ) throws -> BodySink {
        if let failure = Failure.status(facts, url: url) { throw failure }
        let judgement = RangeAnswer.judge(
            facts,
            asked: range.start,
            known: Validators(length: state.total),
            trusted: true
        )
        guard case .fits = judgement, facts.status == 206 else {
            throw Failure(.remoteChanged, "\(url.redacted) is no mirror of \(plan.url.redacted)")
        }
        isMixed = true
        return .fill(range)
    }
}
