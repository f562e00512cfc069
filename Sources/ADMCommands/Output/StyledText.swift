/// Measures and cuts text that holds colour sequences (ECMA-48 §8.3.117, SGR).
enum StyledText {
    /// The columns of a line; colour takes none.
    static func columns(_ line: String) -> Int {
        pieces(of: line).reduce(0) { $0 + $1.columns }
    }

    /// How many rows of the screen a line takes if the terminal is `width` columns wide.
    ///
    /// A wide character that does not fit into the last column begins the next row.
    static func rows(_ line: String, width: Int) -> Int {
        var rows = 1
        var used = 0
        for piece in pieces(of: line) where piece.columns > 0 {
            if used + piece.columns > width, used > 0 {
                rows += 1
                used = 0
            }
            used += piece.columns
        }
        return rows
    }

    /// The beginning of at most `columns` columns, with every colour sequence of the whole line, so
    /// that the last one still ends the colour.
    static func clipped(_ line: String, to columns: Int) -> String {
        var used = 0
        var isFull = false
        var result = ""
        for piece in pieces(of: line) {
            if piece.isSequence {
                result += piece.text
            } else if !isFull, used + piece.columns <= columns {
                used += piece.columns
                result += piece.text
            } else {
                isFull = true
            }
        }
        return result
    }

    private struct Piece {
        var text: String
        var columns: Int
        var isSequence: Bool
    }

    private static func pieces(of line: String) -> [Piece] {
        var pieces: [Piece] = []
        var sequence = ""
        for character in line {
            if sequence.isEmpty, character != "\u{1B}" {
                pieces.append(
                    Piece(
                        text: String(character),
                        columns: DisplayWidth.columns(character),
                        isSequence: false
                    )
                )
                continue
            }
            sequence.append(character)
            if sequence.count > 2, character.isLetter {
                pieces.append(Piece(text: sequence, columns: 0, isSequence: true))
                sequence = ""
            }
        }
        return pieces
    }
}

/// The few colours that are used.
enum Ink: String, Sendable {
    /// The terminal's own colour.
    case plain = ""
    /// For what has less weight.
    case dim = "2"
    /// For headings.
    case bold = "1"
    /// For what went wrong.
    case red = "31"
    /// For what went well.
    case green = "32"
    /// For what waits.
    case yellow = "33"
    /// For bars.
    case cyan = "36"

    /// The text in this colour, or as it is if `color` is false.
    func paint(_ text: String, color: Bool) -> String {
        guard color, self != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
