import ADMModel

/// The line below all files: how many are done, how fast, for how long.
struct TotalLine {
    /// What is shown.
    let page: ProgressPage
    /// How many running transfers have no line.
    let hidden: Int

    private struct Part {
        var text: String
        /// The part with the highest number is left out first if there is no room for all.
        var rank: Int
        var ink = Ink.plain
    }

    /// The line of at most `columns` columns; what matters least is left out.
    func text(columns: Int, color: Bool, unicode: Bool) -> String {
        let separator = unicode ? " · " : ", "
        var parts = parts(unicode: unicode)
        while parts.count > 1, width(of: parts, separator) > columns,
            let least = parts.indices.max(by: { parts[$0].rank < parts[$1].rank })
        {
            parts.remove(at: least)
        }
        return parts.map { $0.ink.paint($0.text, color: color) }.joined(separator: separator)
    }

    private func width(of parts: [Part], _ separator: String) -> Int {
        parts.reduce(-separator.count) { $0 + DisplayWidth.columns($1.text) + separator.count }
    }

    private func parts(unicode: Bool) -> [Part] {
        if page.total == 1, page.rows.count == 1, hidden == 0, let only = page.rows.first {
            return partsBeside(only)
        }
        var parts: [Part] = []
        if hidden > 0 {
            parts.append(Part(text: "\(unicode ? "…" : "...") and \(hidden) more", rank: 0))
        }
        let (ended, misses) = (page.tally.ends, page.tally.misses)
        parts.append(
            Part(text: page.total.map { "\(ended)/\($0) done" } ?? "\(ended) done", rank: 1)
        )
        if misses > 0 { parts.append(Part(text: "\(misses) failed", rank: 2, ink: .red)) }
        if page.queued > 0 { parts.append(Part(text: "\(page.queued) queued", rank: 5)) }
        if let bytes { parts.append(Part(text: bytes, rank: 6)) }
        let moving = page.rows.filter { $0.phase == .downloading }
        guard !moving.isEmpty else { return parts }
        let speed = moving.reduce(0) { $0 + max(0, $1.currentSpeed) }
        parts.append(Part(text: ProgressLine.perSecond(speed), rank: 3))
        if let seconds = secondsLeft(at: speed) {
            parts.append(Part(text: "\(DurationText.remaining(seconds)) left", rank: 4))
        }
        return parts
    }

    /// What the only file's own line does not say.
    private func partsBeside(_ row: TransferProgress) -> [Part] {
        let seconds = DurationText.remaining(row.elapsedSeconds.rounded(.down))
        let mean = ProgressLine.perSecond(row.averageSpeed)
        return [
            Part(text: "\(seconds) so far", rank: 0),
            Part(text: "\(mean) on average", rank: 1),
        ]
    }

    /// The bytes of all files, and of how many if every length is known.
    private var bytes: String? {
        guard done > 0 else { return nil }
        guard let whole else { return "\(ByteCount(done))" }
        return "\(ByteCount(done)) of \(ByteCount(whole))"
    }

    private var whole: Int64? {
        let lengths = page.rows.compactMap(\.bytesTotal)
        guard page.queued == 0, page.total != nil, lengths.count == page.rows.count else {
            return nil
        }
        return lengths.reduce(page.tally.bytes, TotalLine.sum)
    }

    private var done: Int64 { page.rows.map(\.bytesDone).reduce(page.tally.bytes, TotalLine.sum) }

    /// The sum, or the largest number: lengths are what servers say.
    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        left.adding(saturating: max(0, right))
    }

    private func secondsLeft(at speed: Double) -> Double? {
        guard let whole, speed > 0 else { return nil }
        return Double(max(0, whole - done)) / speed
    }
}
