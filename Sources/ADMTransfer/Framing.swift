import NIOHTTP1

/// How the fields of an answer say where its body ends (RFC 9112 §6).
///
/// Pure.
struct Framing: Sendable, Hashable {
    /// The length of the body; nil if it ends by itself or with the connection.
    let length: Int64?
    /// What is wrong, for people; nil if all is well.
    let fault: String?

    /// Reads the fields.
    ///
    /// `chunked` is what the connection has decoded already, and `identity` is none; any other coding would
    /// be saved in place of the file. With chunks a `Content-Length` means nothing (RFC 9112 §6.3).
    init(_ fields: HTTPHeaders) {
        let codings = fields[canonicalForm: "transfer-encoding"]
            .map { $0.prefix { $0 != ";" }.lowercased() }
            .map { $0.filter { $0 != " " && $0 != "\t" } }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard codings.isEmpty else {
            length = nil
            fault =
                codings == ["chunked"]
                ? nil
                : "its Transfer-Encoding is \(codings.joined(separator: ", ")), which adm cannot decode"
            return
        }
        let texts = Set(fields[canonicalForm: "content-length"].filter { !$0.isEmpty })
        guard texts.count <= 1 else {
            length = nil
            fault = "it names several lengths: \(texts.sorted().joined(separator: ", "))"
            return
        }
        length = texts.first.flatMap(ResponseFacts.length)
        let isNumber = texts.first?.utf8.allSatisfy { (0x30...0x39).contains($0) } ?? false
        fault = isNumber && length == nil ? "it names a length that no file has" : nil
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
