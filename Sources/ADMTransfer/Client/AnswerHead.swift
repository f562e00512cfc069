import ADMModel
import NIOCore
import NIOHTTP1

/// A head that was read: status, fields, and how the end of the body is told (RFC 9112 §3 to §6).
struct AnswerHead {
    /// The status code, 100 to 999.
    let status: Int
    /// How the end of the body is told.
    let framing: Framing
    /// Whether the server keeps the connection open.
    let isPersistent: Bool
    /// The status and the fields; of lengths only the one that counts.
    let response: HTTPResponseHead

    /// Reads the lines of a head.
    ///
    /// - Throws: ``AnswerProblem`` if the first line is not a status line, or the end of the body cannot be
    ///   told for sure.
    init(_ lines: [ByteBufferView]) throws(AnswerProblem) {
        guard let first = lines.first else { throw .notHTTP("it sends an empty head") }
        let (status, isModern) = try AnswerHead.status(first)
        let fields = try AnswerHead.fields(lines.dropFirst())
        var headers = HTTPHeaders(fields)
        framing = try Framing(headers)
        headers.remove(name: "content-length")
        if case .length(let length) = framing {
            headers.add(name: "Content-Length", value: "\(length)")
        }
        let options = headers[canonicalForm: "connection"].map { $0.lowercased() }
        isPersistent = isModern ? !options.contains("close") : options.contains("keep-alive")
        self.status = status
        response = HTTPResponseHead(
            version: isModern ? .http1_1 : .http1_0,
            status: HTTPResponseStatus(statusCode: status),
            headers: headers
        )
    }

    /// Reads `HTTP/1.1 200 OK`, with or without a reason; old stream servers write `ICY` instead.
    private static func status(
        _ line: ByteBufferView
    ) throws(AnswerProblem) -> (status: Int, isModern: Bool) {
        let words = line.split(maxSplits: 2, omittingEmptySubsequences: true) {
            $0 == 0x20 || $0 == 0x09
        }
        guard words.count >= 2 else { throw .notHTTP("its first line is not a status line") }
        let version = String(decoding: words[0], as: UTF8.self).uppercased()
        guard version == "ICY" || version.hasPrefix("HTTP/") else {
            throw .notHTTP("its first line is not a status line")
        }
        let status = try status(String(decoding: words[1], as: UTF8.self))
        let isOld = ["ICY", "HTTP/1.0", "HTTP/0.9"].contains(version)
        return (status, !isOld)
    }

    /// Reads a status: three digits, from 100 on (RFC 9110 §15).
    ///
    /// - Throws: ``AnswerProblem`` if it is anything else.
    static func status(_ text: String) throws(AnswerProblem) -> Int {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let status = Int(text), status >= 100
        else { throw .notHTTP("its status is not a number of three digits") }
        return status
    }

    private static func fields(
        _ lines: ArraySlice<ByteBufferView>
    ) throws(AnswerProblem) -> [(String, String)] {
        var fields: [(name: String, value: [UInt8])] = []
        for line in lines {
            guard !line.contains(0x00) else { throw .framing("its head holds a NUL byte") }
            if line.first == 0x20 || line.first == 0x09 {
                // A folded field continues the one before (RFC 9112 §5.2).
                guard !fields.isEmpty else { continue }
                fields[fields.count - 1].value += [0x20] + trimmed(line[...])
                continue
            }
            // What has no colon or no name is not a field; curl and browsers skip it too.
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = trimmed(line[..<colon])
            guard !name.isEmpty, name.allSatisfy(isTokenByte) else { continue }
            let value = trimmed(line[line.index(after: colon)...])
            fields.append((ByteText(name).string, Array(value)))
        }
        return fields.map { field in
            // A byte of a URL stays that byte.
            let holdsURLs = ["location", "link"].contains(field.name.lowercased())
            return (
                field.name, holdsURLs ? ByteText.url(field.value) : ByteText(field.value).string
            )
        }
    }

    /// Without the blanks around it (RFC 9110 §5.5); a carriage return counts as one.
    private static func trimmed(_ bytes: ByteBufferView) -> ByteBufferView {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes = bytes.dropLast() }
        return bytes
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
