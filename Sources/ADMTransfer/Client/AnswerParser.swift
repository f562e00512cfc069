import ADMModel
import NIOCore
import NIOHTTP1

/// Reads the answers of one HTTP/1.1 connection out of the bytes that arrive (RFC 9112).
///
/// Heads are taken as servers write them and as curl and browsers take them: lines may end with a line feed
/// alone, fields may be folded, what is not a field is skipped. What decides where the body ends is read
/// strictly: nothing that could be understood in two ways is guessed. A value: it holds no bytes but those of
/// an unfinished head.
struct AnswerParser {
    /// What was read.
    enum Event {
        /// The head of the final answer.
        case head(HTTPResponseHead)
        /// Bytes of the body, decoded from chunks.
        case body(ByteBuffer)
        /// The answer is whole; whether the connection may carry another request.
        case end(isReusable: Bool)
    }

    private enum State {
        case head
        case body(Int64)
        case chunkSize
        case chunk(Int64)
        case chunkEnd
        case trailer
        case untilClose
        case done
    }

    private var state = State.head
    private var lines = HeadLines(.head)
    private var isPersistent = true
    /// How many heads came that are not final.
    private var interim = 0
    private var hasBytes = false

    /// The most bytes of a head, of its fields and of the trailer each.
    static let headLimit = 262_144
    /// The longest line between chunks.
    static let chunkLineLimit = 4_096
    /// The most heads with a status of 1xx before the final one.
    static let interimLimit = 32

    /// Reads on; nil if more bytes are needed.
    ///
    /// - Throws: ``AnswerProblem`` if it is not an answer that can be understood.
    mutating func next(_ buffer: inout ByteBuffer) throws(AnswerProblem) -> Event? {
        if buffer.readableBytes > 0 { hasBytes = true }
        while true {
            switch state {
            case .head:
                guard let head = try lines.takeAll(&buffer, limit: AnswerParser.headLimit) else {
                    return nil
                }
                if let event = try begin(AnswerHead(head)) { return event }
            case .body(let left): return read(&buffer, left, more: State.body, ended: .done)
            case .chunk(let left): return read(&buffer, left, more: State.chunk, ended: .chunkEnd)
            case .untilClose:
                guard let part = buffer.readSlice(length: buffer.readableBytes),
                    part.readableBytes > 0
                else { return nil }
                return .body(part)
            case .chunkSize:
                guard let line = try lines.takeOne(&buffer, limit: AnswerParser.chunkLineLimit)
                else { return nil }
                let size = try AnswerParser.chunkSize(line)
                state = size == 0 ? .trailer : .chunk(size)
            case .chunkEnd:
                guard let line = try lines.takeOne(&buffer, limit: AnswerParser.chunkLineLimit)
                else { return nil }
                guard line.isEmpty else {
                    throw .framing("a chunk of its answer is longer than it says")
                }
                state = .chunkSize
            case .trailer:
                // Fields after the body change nothing that adm decides by.
                guard try lines.takeAll(&buffer, limit: AnswerParser.headLimit) != nil else {
                    return nil
                }
                state = .done
            case .done:
                let isReusable = isPersistent
                self = AnswerParser()
                return .end(isReusable: isReusable && buffer.readableBytes == 0)
            }
        }
    }

    /// The connection has ended: whether that ends the answer too.
    ///
    /// - Throws: ``AnswerProblem`` if something is missing.
    mutating func endOfInput() throws(AnswerProblem) -> Event {
        isPersistent = false
        switch state {
        // The last chunk says that all is there, with or without the empty line behind it.
        case .untilClose, .done, .trailer: return .end(isReusable: false)
        case .head where !hasBytes: throw .closedUnanswered
        case .head: throw .cutOff("in the middle of its head")
        case .body, .chunk, .chunkSize, .chunkEnd: throw .cutOff("before the end of its body")
        }
    }

    private mutating func read(
        _ buffer: inout ByteBuffer,
        _ left: Int64,
        more: (Int64) -> State,
        ended: State
    ) -> Event? {
        let count = Int(min(left, Int64(buffer.readableBytes)))
        guard count > 0, let part = buffer.readSlice(length: count) else { return nil }
        let rest = left - Int64(count)
        state = rest == 0 ? ended : more(rest)
        return .body(part)
    }

    private mutating func begin(_ head: AnswerHead) throws(AnswerProblem) -> Event? {
        guard head.status >= 200 else {
            // Hints before the answer; a server that sends dozens of them is not answering.
            guard head.status != 101, interim < AnswerParser.interimLimit else {
                throw .notHTTP("it answers with status \(head.status)")
            }
            interim += 1
            return nil
        }
        isPersistent = head.isPersistent
        lines = HeadLines(.trailer)
        let hasNoBody = head.status == 204 || head.status == 304
        switch head.framing {
        case _ where hasNoBody: state = .done
        case .chunked: state = .chunkSize
        case .length(let length): state = length == 0 ? .done : .body(length)
        case .untilClose: state = .untilClose
        }
        if case .untilClose = state { isPersistent = false }
        return .head(head.response)
    }

    /// Reads the size of a chunk: hexadecimal digits, then blanks or extensions (RFC 9112 §7.1).
    static func chunkSize(_ line: ByteBufferView) throws(AnswerProblem) -> Int64 {
        var size: Int64 = 0
        var digits = 0
        var rest = line[...]
        while let digit = rest.first.flatMap(HexText.value).map(Int64.init) {
            // Far below what could overflow, and far above every file.
            guard size < 1 << 56 else { throw .framing("a chunk of its answer has an absurd size") }
            size = size << 4 | digit
            digits += 1
            rest = rest.dropFirst()
        }
        let follows = rest.first { $0 != 0x20 && $0 != 0x09 }
        guard digits > 0, follows == nil || follows == 0x3B else {
            throw .framing("a chunk of its answer has no size")
        }
        return size
    }
}

/// Why bytes are not an answer.
enum AnswerProblem: Error, Hashable {
    /// The connection ended before the first byte of an answer.
    case closedUnanswered
    /// The connection ended too early; the text says where.
    case cutOff(String)
    /// It is another protocol, or nonsense; the text says what.
    case notHTTP(String)
    /// Where the body ends cannot be told; the text says why.
    case framing(String)
    /// The head has more bytes or fields than anybody needs.
    case headTooLarge
}
