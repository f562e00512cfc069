@testable import ADMCommands

/// What a person sees: reads the few sequences that progress is drawn with (ECMA-48).
struct Screen {
    private(set) var rows: [[Character]]
    private(set) var cursor = (row: 0, column: 0)
    private(set) var isCursorShown = true
    private(set) var wraps = true
    private(set) var history: [String] = []
    private var columns: Int
    private var height: Int

    init(columns: Int, rows: Int) {
        self.columns = columns
        height = rows
        self.rows = Array(repeating: [], count: rows)
    }

    /// The rows without spaces at their ends, and without empty ones at the end.
    var lines: [String] {
        let texts = rows.map { row in
            String(row.reversed().drop { $0 == " " }.reversed())
        }
        return Array(texts.reversed().drop { $0.isEmpty }.reversed())
    }

    /// Wraps the rows again, the way terminals do that keep what is on the screen.
    mutating func resize(columns: Int) {
        var wrapped: [[Character]] = []
        var cursorRow = 0
        for (index, row) in rows.enumerated() {
            if index == cursor.row { cursorRow = wrapped.count }
            guard index <= cursor.row || !row.isEmpty else { continue }
            let pieces = stride(from: 0, to: max(1, row.count), by: columns)
            wrapped += pieces.map { Array(row[$0..<min(row.count, $0 + columns)]) }
        }
        while wrapped.count > height {
            history.append(String(wrapped.removeFirst()))
            cursorRow -= 1
        }
        wrapped += Array(repeating: [], count: height - wrapped.count)
        rows = wrapped
        cursor.row = max(0, cursorRow)
        self.columns = columns
    }

    mutating func show(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": cursor.column = 0
            case "\n": feed()
            case "\u{1B}":
                rest = rest.dropFirst()
                let arguments = rest.prefix { !$0.properties.isAlphabetic }
                rest = rest.dropFirst(arguments.count)
                if let final = rest.popFirst() {
                    control(String(String.UnicodeScalarView(arguments)), final)
                }
            default: put(Character(scalar))
            }
        }
    }

    private mutating func feed() {
        cursor.row += 1
        guard cursor.row == height else { return }
        history.append(String(rows.removeFirst()))
        rows.append([])
        cursor.row = height - 1
    }

    /// One scalar, one column: the tests of the writer draw plain letters.
    private mutating func put(_ character: Character) {
        if cursor.column == columns {
            if wraps {
                feed()
                cursor.column = 0
            } else {
                cursor.column -= 1
            }
        }
        let missing = cursor.column + 1 - rows[cursor.row].count
        rows[cursor.row] += Array(repeating: " ", count: max(0, missing))
        rows[cursor.row][cursor.column] = character
        cursor.column += 1
    }

    private mutating func control(_ arguments: String, _ final: Unicode.Scalar) {
        switch (arguments, final) {
        case ("?25", "l"): isCursorShown = false
        case ("?25", "h"): isCursorShown = true
        case ("?7", "l"): wraps = false
        case ("?7", "h"): wraps = true
        case (_, "A"): cursor.row = max(0, cursor.row - (Int(arguments) ?? 1))
        case ("2", "K"): rows[cursor.row] = []
        case (_, "K"): rows[cursor.row] = Array(rows[cursor.row].prefix(cursor.column))
        case (_, "J"):
            // As tmux does: what is cleared from the first column of the first row is kept.
            if cursor == (0, 0) {
                history += rows.filter { $0.contains { $0 != " " } }.map { String($0) }
            }
            rows[cursor.row] = Array(rows[cursor.row].prefix(cursor.column))
            for row in (cursor.row + 1)..<max(height, cursor.row + 1) { rows[row] = [] }
        case (_, "m"): break
        default: rows[cursor.row] += Array("<\(arguments)\(final)>")
        }
    }
}
