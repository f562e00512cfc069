import ADMModel

/// Writes the line of one running transfer.
struct ProgressLine {
    /// Where things stand.
    let columns: ProgressColumns
    /// Whether colour is used.
    let color: Bool
    /// Whether characters outside ASCII may be used.
    let unicode: Bool
    /// Counts up from frame to frame.
    let frame: Int

    private struct Cell {
        var text: String
        var ink = Ink.plain
        var width: Int
        var alignment = TextAlignment.right
    }

    /// The line; `name` is the transfer's name in printable form.
    func text(for row: TransferProgress, name: String) -> String {
        let word = phase(of: row)
        var cells = [
            Cell(
                text: name.truncated(to: columns.name, ellipsis: unicode ? "…" : "~"),
                width: columns.name,
                alignment: .left
            )
        ]
        if let width = columns.bar {
            cells.append(bar(row, word: word, width: width))
        }
        cells.append(Cell(text: amount(row), width: columns.amount))
        if let width = columns.size { cells.append(Cell(text: size(row), width: width)) }
        if let width = columns.speed {
            cells.append(speed(row, word: columns.bar == nil ? word : nil, width: width))
        }
        let isMoving = row.phase == .downloading
        if let width = columns.remaining {
            let seconds = isMoving ? row.etaSeconds : nil
            cells.append(Cell(text: seconds.map(DurationText.remaining) ?? "", width: width))
        }
        if let width = columns.connections {
            let isOpen = row.connections > 0 && isMoving
            cells.append(Cell(text: isOpen ? "\(row.connections) conn" : "", width: width))
        }
        return joined(cells)
    }

    /// Puts the cells beside each other, without spaces at the end.
    private func joined(_ cells: [Cell]) -> String {
        let end = cells.lastIndex { $0.text.contains { $0 != " " } } ?? 0
        return cells[...end].enumerated().map { index, cell in
            let isLast = index == end && cell.alignment == .left
            let padded = isLast ? cell.text : cell.text.padded(to: cell.width, cell.alignment)
            return cell.ink.paint(padded, color: color)
        }
        .joined(separator: String(repeating: " ", count: ProgressColumns.gap))
    }

    /// What the transfer does, in words, while no bytes arrive.
    private func phase(of row: TransferProgress) -> String? {
        switch row.phase {
        case .downloading: nil
        case .connecting: "connecting"
        case .verifying: "verifying"
        case .finishing: "finishing"
        case .waiting: row.etaSeconds.map { "waiting \(DurationText.remaining($0))" } ?? "waiting"
        }
    }

    private func ink(of row: TransferProgress) -> Ink { row.phase == .waiting ? .yellow : .dim }

    private func bar(_ row: TransferProgress, word: String?, width: Int) -> Cell {
        if let word {
            return Cell(
                text: fitting(word, width),
                ink: ink(of: row),
                width: width,
                alignment: .left
            )
        }
        let bar = ProgressBar(width: width, unicode: unicode)
        let text =
            row.percent.map { bar.text(fraction: $0 / 100) } ?? bar.text(movingAt: frame)
        return Cell(text: text, ink: .cyan, width: width, alignment: .left)
    }

    private func amount(_ row: TransferProgress) -> String {
        if let percent = row.percent {
            // Rounded down: 100 % is said of a whole file only.
            return "\(Int(saturating: max(0, percent)))%"
        }
        let isAlone = columns.amount > 4 && row.bytesDone > 0
        return isAlone ? "\(ByteCount(row.bytesDone))" : ""
    }

    private func size(_ row: TransferProgress) -> String {
        guard let total = row.bytesTotal else {
            return row.bytesDone > 0 ? "\(ByteCount(row.bytesDone))" : ""
        }
        return "\(ByteCount(row.bytesDone))/\(ByteCount(total))"
    }

    private func speed(_ row: TransferProgress, word: String?, width: Int) -> Cell {
        if let word { return Cell(text: fitting(word, width), ink: ink(of: row), width: width) }
        guard row.phase == .downloading else { return Cell(text: "", width: width) }
        return Cell(text: ProgressLine.perSecond(row.currentSpeed), width: width)
    }

    /// `27.7 MiB/s`, at most ten columns.
    static func perSecond(_ speed: Double) -> String {
        guard speed.isFinite, speed > 0 else { return "0 B/s" }
        return "\(ByteCount(Int64(saturating: speed)))/s"
    }

    /// The words, or fewer if there is no room for all.
    private func fitting(_ words: String, _ width: Int) -> String {
        let forms = [words, words.replacing("waiting ", with: "wait "), "waiting"]
        return forms.first { $0.utf8.count <= width } ?? words.clipped(to: width)
    }
}
