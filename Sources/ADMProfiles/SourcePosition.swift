/// A place in a text, counted from 1 as editors do.
package struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The line.
    package var line: Int
    /// The column in Unicode scalars; a byte-order mark does not count.
    package var column: Int

    /// Names a place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// What stands earlier in the text comes first.
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// `line:column`.
    package var description: String { "\(line):\(column)" }
}
