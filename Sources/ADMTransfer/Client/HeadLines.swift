import NIOCore

/// Lines that arrive: of a head, of a trailer, or between chunks, at most as many bytes as a limit.
struct HeadLines {
    /// What an empty line before all others means.
    enum Kind {
        /// Nothing: it is skipped (RFC 9112 §2.2).
        case head
        /// The end.
        case trailer
    }

    private let kind: Kind
    private var bytes = ByteBuffer()
    /// Where the lines that are complete begin and end.
    private var lines: [Range<Int>] = []
    private var begin = 0

    /// The most lines of a head.
    private static let countLimit = 4_096

    /// Begins with nothing.
    init(_ kind: Kind) { self.kind = kind }

    /// Takes bytes up to the empty line at the end; what follows stays in the buffer.
    ///
    /// - Returns: The lines before the empty one; nil if more bytes are needed.
    /// - Throws: ``AnswerProblem`` if there are more bytes or lines than allowed.
    mutating func takeAll(
        _ buffer: inout ByteBuffer,
        limit: Int
    ) throws(AnswerProblem) -> [ByteBufferView]? {
        while let line = try nextLine(&buffer, limit: limit) {
            guard line.isEmpty else {
                guard lines.count < HeadLines.countLimit else { throw .headTooLarge }
                lines.append(line)
                continue
            }
            guard lines.isEmpty, kind == .head else {
                defer { reset() }
                return lines.compactMap { bytes.viewBytes(at: $0.lowerBound, length: $0.count) }
            }
            guard begin <= 16 else { throw .notHTTP("it sends empty lines") }
        }
        return nil
    }

    /// Takes one line; nil if it is not complete.
    ///
    /// - Throws: ``AnswerProblem`` if it is longer than `limit` bytes.
    mutating func takeOne(
        _ buffer: inout ByteBuffer,
        limit: Int
    ) throws(AnswerProblem) -> ByteBufferView? {
        guard let line = try nextLine(&buffer, limit: limit) else { return nil }
        defer { reset() }
        return bytes.viewBytes(at: line.lowerBound, length: line.count)
    }

    private mutating func reset() {
        bytes.clear()
        lines.removeAll(keepingCapacity: true)
        begin = 0
    }

    private mutating func nextLine(
        _ buffer: inout ByteBuffer,
        limit: Int
    ) throws(AnswerProblem) -> Range<Int>? {
        let view = buffer.readableBytesView
        let feed = view.firstIndex(of: 0x0A)
        let count = feed.map { view.distance(from: view.startIndex, to: $0) + 1 } ?? view.count
        guard bytes.writerIndex + count <= limit, var part = buffer.readSlice(length: count) else {
            throw .headTooLarge
        }
        bytes.writeBuffer(&part)
        guard feed != nil else { return nil }
        var end = bytes.writerIndex - 1
        if end > begin, bytes.getInteger(at: end - 1, as: UInt8.self) == 0x0D { end -= 1 }
        defer { begin = bytes.writerIndex }
        return begin..<end
    }
}
