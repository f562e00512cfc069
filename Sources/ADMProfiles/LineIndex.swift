/// The places of the bytes of one UTF-8 text.
struct LineIndex: Sendable {
    private let bytes: [UInt8]
    private let starts: [Int]

    /// Finds where the lines begin.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let first = LineIndex.hasMark(bytes) ? 3 : 0
        starts = [first] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// Whether the text begins with a byte-order mark.
    static func hasMark(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xEF, 0xBB, 0xBF]) }

    /// The place of the byte at `offset`, which may be the end of the text.
    func position(of offset: Int) -> SourcePosition {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let before = bytes[starts[low]..<max(offset, starts[low])]
        // Continuation bytes belong to the scalar before them.
        return SourcePosition(
            line: low + 1,
            column: before.count { $0 & 0xC0 != 0x80 } + 1
        )
    }
}
