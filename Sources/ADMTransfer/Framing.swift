import ADMModel
import NIOHTTP1

/// How the end of a body is told (RFC 9112 §6.3).
enum Framing: Sendable, Hashable {
    /// It has this many bytes.
    case length(Int64)
    /// It comes in chunks, and the last one says so.
    case chunked
    /// It ends with the connection, or with its stream.
    case untilClose

    /// Reads the fields of an answer.
    ///
    /// With chunks a `Content-Length` means nothing. The coding `identity` is none; any coding but `chunked` would
    /// be saved in place of the file.
    ///
    /// - Throws: ``AnswerProblem`` if they do not say for sure where the body ends.
    init(_ fields: HTTPHeaders) throws(AnswerProblem) {
        let codings = fields[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard codings.allSatisfy({ $0 == "chunked" }), codings.count <= 1 else {
            throw .framing(
                "its Transfer-Encoding is \(Framing.shown(codings.joined(separator: ", ")))"
            )
        }
        if !codings.isEmpty {
            self = .chunked
            return
        }
        let lengths = fields[canonicalForm: "content-length"].filter { !$0.isEmpty }
        guard let first = lengths.first else {
            self = .untilClose
            return
        }
        guard let length = Framing.number(first),
            lengths.allSatisfy({ Framing.number($0) == length })
        else {
            throw .framing(
                "its Content-Length is \(Framing.shown(lengths.joined(separator: ", ")))"
            )
        }
        self = .length(length)
    }

    /// Decimal digits, with a sign that some servers write.
    private static func number(_ text: Substring) -> Int64? {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(digits)
    }

    private static func shown(_ text: String) -> String { String(text.prefix(60)).debugDescription }
}

extension ResponseFacts {
    /// The length of the body, if it was said, and what is wrong with the frame of the answer, for people.
    static func frame(_ fields: HTTPHeaders) -> (length: Int64?, fault: String?) {
        do throws(AnswerProblem) {
            guard case .length(let length) = try Framing(fields) else { return (nil, nil) }
            return length <= ByteCount.limit
                ? (length, nil) : (nil, "it names a length that no file has")
        } catch {
            guard case .framing(let reason) = error else { return (nil, nil) }
            return (nil, reason)
        }
    }
}

extension ResponseFacts {
    /// Why the body is less than the whole file by its own word; nil if it may be all of it.
    var partialReason: String? {
        for claim in rangeClaims {
            if let first = claim.first, first > 0 { return "it begins with byte \(first)" }
            if let total = claim.total {
                if let contentLength, contentLength != total {
                    return "it has \(contentLength) of \(total) bytes"
                }
                if let last = claim.last, last < total - 1 || last > total {
                    return "it ends with byte \(last) of \(total)"
                }
            } else if let last = claim.last, let contentLength,
                last != contentLength, last != contentLength - 1
            {
                return "its length and its Content-Range disagree"
            }
        }
        return nil
    }

    /// The length of the whole file that a body without a length has by its own word.
    var claimedLength: Int64? {
        rangeClaims.count == 1 ? rangeClaims.first?.total : nil
    }
}
