package import ADMModel
package import Foundation
package import NIOHTTP1

/// What the head of an answer says, read once.
package struct ResponseFacts: Sendable {
    /// The status code.
    package let status: Int
    /// The range that a 206 holds, or the length that a 416 names.
    package let contentRange: ContentRange?
    /// Whether a `Content-Range` field was there but could not be read.
    package let contentRangeIsBroken: Bool
    /// What its `Content-Range` fields seem to say, even if they cannot be read.
    package let rangeClaims: [RangeClaim]
    /// What is wrong with the frame of the answer, so that its body is nothing to save; nil if all is well.
    package let framingFault: String?
    /// The length of this answer's body, if it was said.
    package let contentLength: Int64?
    /// What tells versions of the file apart; its `length` is the whole file's.
    package let validators: Validators
    /// Whether the body was encoded, although identity was asked for.
    package let isEncoded: Bool
    /// Whether the server says that it takes byte ranges.
    package let advertisesRanges: Bool
    /// The `Content-Disposition` fields.
    package let dispositions: [String]
    /// The `Repr-Digest` field, and `Content-Digest` if the body is the whole file (RFC 9530).
    package let digests: [String]
    /// The `Link` fields (RFC 8288).
    package let links: [String]
    /// Where a redirect leads.
    package let location: String?
    /// Seconds that the server asks to wait.
    package let retryAfter: Double?
    /// How the server asks for credentials: the `WWW-Authenticate` fields (RFC 9110 §11.6.1).
    package let challenges: [String]
    /// The media type, for `multipart/byteranges`.
    package let contentType: String?

    /// Where redirects led on the way to this answer.
    package var hops: [SourceURL] = []

    /// Whether credentials could be sent with the request: it and all hops before it went to the origin
    /// that they are for.
    package var isTrusted = true

    /// The `Set-Cookie` fields (RFC 6265).
    package let cookies: [String]

    /// Whether the answer points elsewhere.
    package var isRedirect: Bool {
        ResponseFacts.redirects.contains(status) && location != nil
    }

    /// The statuses that point elsewhere together with `Location`.
    static let redirects: Set<Int> = [300, 301, 302, 303, 307, 308]

    /// Whether the status says that the body is the file, or a part of it.
    ///
    /// 2xx statuses that nobody knows count as 200 (RFC 9110 §15). What was only accepted (202), has no body (204,
    /// 205) or describes several things (207) is not the file.
    package var hasFile: Bool {
        (200...299).contains(status) && ![202, 204, 205, 207].contains(status)
    }

    /// Whether the body was encoded on the way, so that its ranges mean nothing.
    ///
    /// The ranges of a file that is stored with its encoding count its bytes as they are sent, and its validators
    /// tell its versions apart (RFC 9110 §8.8.3, §14.2).
    package var isEncodedOnTheWay: Bool { isEncoded && !validators.canProveSameness }

    /// Reads the head of an answer.
    package init(_ head: HTTPResponseHead, now: Date = Date()) {
        let fields = head.headers
        status = Int(head.status.code)
        let rangeTexts = Set(fields["content-range"])
        contentRange =
            rangeTexts.count == 1 ? rangeTexts.first.flatMap(ContentRange.init(parsing:)) : nil
        contentRangeIsBroken = !rangeTexts.isEmpty && contentRange == nil
        rangeClaims = rangeTexts.map(RangeClaim.init)
        let frame = ResponseFacts.frame(fields)
        contentLength = frame.length
        framingFault = frame.fault
        isEncoded = fields[canonicalForm: "content-encoding"].contains {
            !$0.isEmpty && $0.lowercased() != "identity"
        }
        advertisesRanges = fields[canonicalForm: "accept-ranges"].contains {
            $0.lowercased() == "bytes"
        }
        dispositions = fields["content-disposition"]
        location = fields.first(name: "location")
        challenges = fields["www-authenticate"]
        links = fields["link"]
        cookies = fields["set-cookie"]
        contentType = fields.first(name: "content-type")?.lowercased()
        let date = fields.first(name: "date").flatMap(HTTPDate.init(parsing:))
        retryAfter = fields.first(name: "retry-after").flatMap {
            ResponseFacts.retryAfter($0, now: date?.seconds ?? now.timeIntervalSince1970)
        }
        let modified = ResponseFacts.only(fields["last-modified"])
        let modifiedAt = modified.flatMap(HTTPDate.init(parsing:))
        let isSuccess = (200...299).contains(status)
        let total = status == 206 ? contentRange?.total : isSuccess ? contentLength : nil
        validators = Validators(
            entityTag: ResponseFacts.only(fields["etag"]).flatMap(ResponseFacts.plain),
            lastModified: modified,
            lastModifiedIsStrong: modifiedAt.map {
                $0.seconds + 1 <= date?.seconds ?? now.timeIntervalSince1970
            } ?? false,
            length: total
        )
        let holdsWholeFile =
            (status != 206 && isSuccess)
            || (contentRange?.range?.start == 0 && contentRange?.range?.end == contentRange?.total)
        let names = holdsWholeFile ? ["repr-digest", "content-digest"] : ["repr-digest"]
        digests = names.compactMap { name in
            let values = fields[name]
            // A dictionary may be spread over several fields (RFC 9651 §4.2).
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }
    }

    /// The value of a field that may be there once: several that differ say nothing.
    private static func only(_ values: [String]) -> String? {
        values.allSatisfy { $0 == values.first } ? values.first : nil
    }

    /// A tag in ASCII; others could not be told apart for sure, nor sent back byte by byte.
    private static func plain(_ tag: String) -> String? {
        tag.utf8.allSatisfy { $0 < 0x80 } ? tag : nil
    }

    /// Reads `Retry-After`: seconds or a date; clamped to 0 … 24 hours (RFC 9110 §10.2.3).
    static func retryAfter(_ text: String, now: Double) -> Double? {
        let word = text.filter { $0 != " " }
        // Some servers send fractions or a time that has passed; what has too many digits is longer than
        // the longest wait.
        if word.hasPrefix("-"), retryAfter(String(word.dropFirst()), now: now) != nil { return 0 }
        if word.utf8.first.map({ (0x30...0x39).contains($0) }) ?? false,
            word.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            let seconds = Double(word)
        {
            return min(86_400, seconds)
        }
        guard let date = HTTPDate(parsing: text) else { return nil }
        return min(86_400, max(0, date.seconds - now))
    }
}
