package import ADMModel

/// What to do with the answer to a request for bytes.
///
/// Pure: RFC 9110 §13, §14 and nothing else.
package enum RangeAnswer: Sendable, Hashable {
    /// The body is what was asked for, beginning at `start`.
    case fits(start: Int64, total: Int64?, ranges: Bool)
    /// The server sent the whole file although a range was asked for; it is the same version.
    case wholeFile(total: Int64?)
    /// The file is another one than before; the body is the new one from its first byte if
    /// `usable`.
    case changed(usable: Bool)
    /// The range begins at or after the end, which is `length`.
    case beyondEnd(length: Int64?)
    /// The server's ranges cannot be trusted.
    case brokenRanges(String)
    /// The body is all of a file that cannot be: it has the validators of the known one and another length.
    case contradicts(length: Int64, known: Int64)

    /// Judges an answer that has the file, or a part of it, or the status 416.
    ///
    /// The range that was asked for begins at `asked`, nil if none was asked for. `known` is what
    /// earlier answers said about the file, nil for the first answer. `trusted` says that a digest
    /// of the whole file is known, which finds a mixed file at the end, so that bytes may be put
    /// together without validators. `conditional` says that the request had an `If-Range`.
    package static func judge(
        _ facts: ResponseFacts,
        asked: Int64?,
        known: Validators?,
        trusted: Bool,
        conditional: Bool = false
    ) -> RangeAnswer {
        switch facts.status {
        case 206 where asked == nil && !facts.isMultipart:
            // Some servers call all of a file a part of it, whatever was asked for.
            whole(facts, asked: asked, known: known, mayDiffer: false)
        case 206:
            partial(
                facts,
                asked: asked,
                known: known,
                trusted: trusted,
                conditional: conditional
            )
        case 416: .beyondEnd(length: facts.contentRange?.total)
        default: whole(facts, asked: asked, known: known, mayDiffer: trusted && conditional)
        }
    }

    private static func partial(
        _ facts: ResponseFacts,
        asked: Int64?,
        known: Validators?,
        trusted: Bool,
        conditional: Bool
    ) -> RangeAnswer {
        guard let asked else { return .brokenRanges("a part was sent although all was asked for") }
        if facts.isMultipart {
            return .brokenRanges("one range was asked for, several were sent")
        }
        guard let content = facts.contentRange, let range = content.range else {
            return .brokenRanges(
                facts.contentRangeIsBroken
                    ? "its Content-Range cannot be read" : "it has no Content-Range"
            )
        }
        guard range.start == asked else {
            return .brokenRanges("byte \(asked) was asked for, byte \(range.start) was sent")
        }
        if let length = facts.contentLength, length != range.count {
            return .brokenRanges("its length and its Content-Range disagree")
        }
        if facts.isEncodedOnTheWay || (facts.isEncoded && content.total == nil) {
            return .brokenRanges("the part is encoded")
        }
        guard let known else {
            // Without a length nobody could tell whether this part is everything.
            guard let total = content.total else {
                return .brokenRanges("its Content-Range names no length")
            }
            return .fits(start: asked, total: total, ranges: true)
        }
        if let before = known.length, let total = content.total, before != total {
            guard known.relation(to: facts.validators) == .same else {
                return .changed(usable: false)
            }
            return .brokenRanges("the same version had \(before) bytes before and has \(total) now")
        }
        return isSameVersion(facts, known, trusted: trusted, conditional: conditional)
            ? .fits(start: asked, total: content.total ?? known.length, ranges: true)
            : .changed(usable: false)
    }

    /// Whether a part belongs to the version that is known.
    private static func isSameVersion(
        _ facts: ResponseFacts,
        _ known: Validators,
        trusted: Bool,
        conditional: Bool
    ) -> Bool {
        // A part that answers a condition may leave the date out (RFC 9110 §15.3.7); its being a part
        // is the proof.
        let isImplied =
            conditional && known.strongTag == nil && known.canProveSameness
            && facts.validators.entityTag == nil && facts.validators.lastModified == nil
        return known.proveSameness(with: facts.validators) || isImplied
            || (trusted && (!known.canProveSameness || known.mayBeSame(as: facts.validators)))
    }

    private static func whole(
        _ facts: ResponseFacts,
        asked: Int64?,
        known: Validators?,
        mayDiffer: Bool
    ) -> RangeAnswer {
        let first = asked ?? 0
        if let reason = facts.partialReason { return .brokenRanges(reason) }
        guard let known else {
            return .fits(
                start: 0,
                total: facts.contentLength,
                ranges: facts.advertisesRanges && !facts.isEncodedOnTheWay
                    && facts.contentLength != nil
            )
        }
        if facts.isEncodedOnTheWay { return .changed(usable: true) }
        if facts.isEncoded, known.length != facts.contentLength { return .changed(usable: true) }
        if let before = known.length, let length = facts.contentLength, before != length,
            known.relation(to: facts.validators) == .same
        {
            return .contradicts(length: length, known: before)
        }
        if known.proveSameness(with: facts.validators) {
            return first == 0 && asked != nil
                ? .fits(start: 0, total: facts.contentLength, ranges: false)
                : .wholeFile(total: facts.contentLength)
        }
        // Some servers give each answer a tag of its own: a condition is then never met.
        if mayDiffer, facts.contentLength != nil, known.length == facts.contentLength,
            known.mayBeSame(as: facts.validators)
        {
            return .wholeFile(total: facts.contentLength)
        }
        return .changed(usable: true)
    }
}

extension ResponseFacts {
    /// Whether the body has several ranges, each with a head of its own (RFC 9110 §14.6).
    var isMultipart: Bool { contentType?.hasPrefix("multipart/byteranges") == true }
}
