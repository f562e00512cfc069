/// A table for people: columns with headers, as wide as their widest cell.
struct Table: Sendable {
    /// One column.
    struct Column: Sendable {
        /// What stands above it.
        var title: String
        /// On which side its cells stand.
        var alignment: TextAlignment
        /// Whether its cells are cut in their middle if the terminal is too narrow.
        ///
        /// At most one column should say so.
        var isFlexible: Bool

        /// Makes a column.
        init(_ title: String, _ alignment: TextAlignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    private static let gap = "  "
    /// Below this, a cut cell tells nothing, and long rows may wrap.
    private static let leastWidth = 8

    private let columns: [Column]
    private var rows: [[String]] = []

    /// Makes a table without rows.
    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty, and every cell is made printable.
    mutating func add(_ cells: [String]) {
        rows.append(
            columns.indices.map { $0 < cells.count ? Terminal.printable(cells[$0]) : "" }
        )
    }

    /// The lines, header first, without spaces at their ends.
    ///
    /// `width` is the terminal's, and nil if the output is not a terminal: then nothing is cut.
    func lines(width: Int?, color: Bool = false, unicode: Bool = true) -> [String] {
        let widths = widths(within: width)
        let header = line(columns.map(\.title), widths, unicode)
        return [Ink.bold.paint(header, color: color)] + rows.map { line($0, widths, unicode) }
    }

    /// The rows for programs: every cell whole, a tab between two, and no heads.
    var tabSeparatedLines: [String] { rows.map { $0.joined(separator: "\t") } }

    private func widths(within width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(DisplayWidth.columns(columns[index].title)) {
                max($0, DisplayWidth.columns($1[index]))
            }
        }
        guard let width, let flexible = columns.firstIndex(where: \.isFlexible) else {
            return widths
        }
        let excess = widths.reduce(Table.gap.count * (widths.count - 1), +) - width
        if excess > 0 {
            let least = max(Table.leastWidth, DisplayWidth.columns(columns[flexible].title))
            widths[flexible] = max(min(widths[flexible], least), widths[flexible] - excess)
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int], _ unicode: Bool) -> String {
        let padded = columns.indices.map { index in
            cells[index]
                .truncated(to: widths[index], ellipsis: unicode ? "…" : "~")
                .padded(to: widths[index], columns[index].alignment)
        }
        let line = padded.joined(separator: Table.gap)
        guard let end = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...end])
    }
}
