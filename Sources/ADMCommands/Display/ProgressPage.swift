import ADMModel

/// What a terminal shows of running transfers: a line for each file, and one for all.
///
/// A pure value: the same page gives the same lines on the same canvas.
struct ProgressPage: Sendable {
    /// The running transfers, in the order in which they are shown.
    var rows: [TransferProgress]
    /// What has ended already.
    var tally = Tally()
    /// How many wait for a slot.
    var queued = 0
    /// How many there are in all; nil if more may still come.
    var total: Int?
    /// Counts up from frame to frame; moves the bars of files whose length is not known.
    var frame = 0

    /// The page on a canvas whose last column and last row stay free.
    ///
    /// - Returns: At most `height − 1` lines of at most `width − 1` columns, the last one for all
    ///   files; nothing if the terminal is too small to draw on.
    func lines(on canvas: Canvas) -> [String] {
        let (width, height) = (canvas.width, canvas.height)
        guard width > 1, height > 1 else { return [] }
        let shown = rows.prefix(height - 2)
        let names = shown.map { Terminal.printable($0.name, unicode: canvas.unicode) }
        let line = ProgressLine(
            columns: ProgressColumns(
                width: width,
                longestName: names.map { DisplayWidth.columns($0) }.max() ?? 0,
                showsBytesAlone: shown.contains { $0.bytesTotal == nil && $0.bytesDone > 0 }
            ),
            color: canvas.color,
            unicode: canvas.unicode,
            frame: frame
        )
        let last = TotalLine(page: self, hidden: rows.count - shown.count)
        let files = zip(shown, names).map { line.text(for: $0, name: $1) }
        return
            (files + [last.text(columns: width - 1, color: canvas.color, unicode: canvas.unicode)])
            .map { StyledText.clipped($0, to: width - 1) }
    }
}

/// What lines are drawn on.
struct Canvas: Sendable, Hashable {
    /// The columns of the terminal.
    var width: Int
    /// The rows of the terminal.
    var height: Int
    /// Whether colour is used.
    var color = false
    /// Whether characters outside ASCII may be used.
    var unicode = true
}
