import ADMModel

/// The lines that show running transfers in a terminal: one for each file, and one for all.
///
/// A pure value: the same arguments give the same lines.
enum ProgressPage {
    /// What has ended already.
    struct Finished: Sendable, Hashable {
        /// Files that are there, also those that were there before.
        var saved = 0
        /// Files that are given up.
        var failed = 0
        /// The bytes of the files that are there.
        var bytes: Int64 = 0
    }

    /// The page for a terminal of `width` × `height`.
    ///
    /// - Parameters:
    ///   - rows: the running transfers, in the order in which they are shown.
    ///   - finished: what has ended already.
    ///   - queued: how many wait for a slot.
    ///   - total: how many there are in all; nil where more may still come.
    ///   - width: the columns of the terminal; the last one always stays free.
    ///   - height: the rows of the terminal; the last one always stays free.
    ///   - color: whether colour is used.
    ///   - unicode: whether characters outside ASCII may be used.
    ///   - frame: counts up from frame to frame; moves the bars of files whose length is not known.
    /// - Returns: At most `height − 1` lines of at most `width − 1` columns, the last one for all
    ///   files; nothing where the terminal is too small to draw on.
    static func lines(
        rows: [TransferProgress],
        finished: Finished = Finished(),
        queued: Int = 0,
        total: Int? = nil,
        width: Int,
        height: Int,
        color: Bool,
        unicode: Bool,
        frame: Int
    ) -> [String] {
        guard width > 1, height > 1 else { return [] }
        let shown = rows.prefix(height - 2)
        let names = shown.map { Terminal.printable($0.name, unicode: unicode) }
        let line = ProgressLine(
            columns: ProgressColumns(
                width: width,
                longestName: names.map { DisplayWidth.columns($0) }.max() ?? 0,
                showsBytesAlone: shown.contains { $0.bytesTotal == nil && $0.bytesDone > 0 }
            ),
            color: color,
            unicode: unicode,
            frame: frame
        )
        let last = TotalLine(
            rows: rows,
            hidden: rows.count - shown.count,
            finished: finished,
            queued: queued,
            total: total
        )
        let files = zip(shown, names).map { line.text(for: $0, name: $1) }
        return (files + [last.text(columns: width - 1, color: color, unicode: unicode)])
            .map { StyledText.clipped($0, to: width - 1) }
    }
}

/// Which columns a line has, and how wide they are.
struct ProgressColumns: Sendable, Hashable {
    /// The file's name.
    var name: Int
    /// The bar; nil where there is no room for one.
    var bar: Int?
    /// Percent, or bytes where the length is not known and nothing else shows them.
    var amount: Int
    /// `bytes done/bytes in all`.
    var size: Int?
    /// Bytes a second.
    var speed: Int?
    /// Time to the end.
    var remaining: Int?
    /// Open connections.
    var connections: Int?

    /// Two spaces between columns.
    static let gap = 2

    /// Shares a terminal of `width` columns out; the narrower it is, the fewer columns there are.
    init(width: Int, longestName: Int, showsBytesAlone: Bool) {
        connections = width >= 100 ? 7 : nil
        remaining = width >= 80 ? 6 : nil
        size = width >= 66 ? 17 : nil
        speed = width >= 34 ? 10 : nil
        amount = showsBytesAlone && size == nil ? 8 : 4
        let fixed = [amount, size, speed, remaining, connections].compactMap { $0 }
        var room = width - 1 - fixed.reduce(0) { $0 + ProgressColumns.gap + $1 }
        if width >= 50 {
            room -= ProgressColumns.gap
            let share = max(10, room * 2 / 5)
            // Short names leave their room to the bar, up to a length that still looks like one.
            let wanted = max(share, min(40, room - longestName))
            bar = wanted
            room -= wanted
        }
        name = max(1, min(room, longestName))
    }
}
