/// What is drawn on a terminal, and where it went when the window changed.
///
/// The cursor stands at the beginning of the row below the last line. Where it cannot be known how
/// many rows the frame takes, the smaller number counts: an old row that stays is ugly, but a row of
/// somebody else that is erased is lost.
struct DrawnFrame: Sendable, Hashable {
    /// The lines as they were written, each on one row then.
    private(set) var lines: [String] = []
    /// The size of the window when they were written.
    private(set) var size = Terminal.Size(columns: 0, rows: 0)
    /// Lines that a smaller window pushed off its upper edge; a higher one shows them again.
    private var lost: [String] = []
    private let isRewrapped: Bool

    /// Begins with nothing on the screen.
    ///
    /// `isRewrapped` tells whether the terminal wraps rows that became too long for it.
    init(isRewrapped: Bool) { self.isRewrapped = isRewrapped }

    /// How many rows above the cursor belong to the frame in a window of this size.
    ///
    /// Where lost rows do not come back, the frame is at the upper edge, and moving further up does
    /// nothing.
    func rows(in size: Terminal.Size) -> Int {
        lines.reduce(returned(in: size)) { $0 + rows(of: $1, in: size) }
    }

    /// Takes other lines in its place.
    ///
    /// With `isBelowOthers` lines that stay were written above them, so that lost rows are out of
    /// reach.
    mutating func replace(with lines: [String], in size: Terminal.Size, isBelowOthers: Bool) {
        var returned = returned(in: size)
        while returned > 0, let last = lost.popLast() { returned -= rows(of: last, in: size) }
        var hidden = self.lines.reduce(1 - size.rows) { $0 + rows(of: $1, in: size) }
        for line in self.lines {
            hidden -= rows(of: line, in: size)
            // The rest of a line that is lost in part is on the screen and will be joined with it.
            guard hidden >= 0 else { break }
            lost.append(line)
        }
        if isBelowOthers { lost = [] }
        self.lines = lines
        self.size = size
    }

    private func rows(of line: String, in size: Terminal.Size) -> Int {
        isRewrapped ? StyledText.rows(line, width: max(1, size.columns)) : 1
    }

    private func returned(in size: Terminal.Size) -> Int {
        let rows = lost.reduce(0) { $0 + self.rows(of: $1, in: size) }
        return min(rows, max(0, size.rows - self.size.rows))
    }
}
