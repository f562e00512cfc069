import ADMModel

/// How a run continues after its first answer.
///
/// Pure.
struct FirstAnswer {
    /// The first byte of the answer's body.
    let start: Int64
    /// The whole length; nil if it is not known.
    let total: Int64?
    /// Whether the server takes ranges.
    let ranges: Bool
    /// Whether the bytes of earlier runs are kept.
    let continues: Bool

    /// Judges the answer to the first request of a run.
    ///
    /// - Throws: ``RangeRefusal`` if it has to be asked differently.
    init(
        _ facts: ResponseFacts,
        asked: Int64?,
        known: Validators?,
        isTrusted: Bool,
        conditionSent: Bool,
        conditionRefused: Bool
    ) throws(RangeRefusal) {
        switch RangeAnswer.judge(
            facts,
            asked: asked,
            known: known,
            trusted: isTrusted,
            conditional: conditionSent
        ) {
        case .fits(let first, let length, let canRange):
            start = first
            total = length
            ranges = canRange
            continues = known != nil && first == asked
        case .wholeFile(let length):
            // Some servers drop the range when there is a condition: ask once without it.
            guard conditionRefused else { throw .conditionIgnored }
            start = 0
            total = length
            ranges = false
            continues = false
        case .changed(let usable):
            guard usable else { throw .changed }
            start = 0
            total = facts.contentLength
            ranges = facts.advertisesRanges && !facts.isEncodedOnTheWay
            continues = false
        case .beyondEnd:
            throw known == nil
                ? .noRanges("the server says that the file has no byte \(asked ?? 0)") : .changed
        case .brokenRanges(let reason): throw .noRanges(reason)
        case .contradicts(let length, let known):
            throw .contradiction(KnownLength.contradiction(length, known))
        }
    }
}
