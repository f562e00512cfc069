extension Behaviour {
    /// How ranges are answered.
    package enum Ranges: Sendable, Hashable {
        /// 206, or 416 if nothing can be satisfied, with `Accept-Ranges: bytes`.
        case supported
        /// As ``supported``, without `Accept-Ranges`.
        case unannounced
        /// 200 with the whole file and no word about ranges.
        case ignored
        /// 200 with the whole file and `Accept-Ranges: none`.
        case refused
        /// 200 with the whole file although `Accept-Ranges: bytes` was sent.
        case announcedOnly
        /// 200 with the part and `Content-Range`.
        case partialWithStatus200
        /// 206 with `multipart/byteranges`, even for one range.
        case multipart
        /// Always 416.
        case unsatisfiable
    }

    /// How the end of a body is marked.
    package enum Framing: Sendable, Hashable {
        /// `Content-Length`.
        case length
        /// `Transfer-Encoding: chunked`, without a length.
        case chunked
        /// The end of the connection.
        case untilClose
    }

    /// The `ETag` header.
    package enum EntityTag: Sendable, Hashable {
        /// `"…"`.
        case strong
        /// `W/"…"`.
        case weak
        /// No header.
        case none
        /// A strong tag that differs in every answer.
        case changing
        /// This text.
        case custom(String)
    }

    /// What `If-Range` does.
    package enum IfRange: Sendable, Hashable {
        /// The range if the validator is the current one, else the whole file.
        case honoured
        /// The range always, even of another version.
        case ignored
        /// The whole file always if it holds an entity tag.
        case dropsRangeForTag
    }

    /// The `Content-Range` of a part.
    package enum ServedContentRange: Sendable, Hashable {
        /// As it should be.
        case right
        /// The bytes asked for, under a start that is this much greater.
        case claimsShift(Int64)
        /// Other bytes than asked for, this much further on, and saying so.
        case servesShift(Int64)
        /// Another total length.
        case total(Int64)
        /// `*` in place of the total length.
        case unknownTotal
        /// No header.
        case missing
        /// This text.
        case literal(String)
    }

    /// The `Content-Length` of an answer.
    package enum ContentLength: Sendable, Hashable {
        /// As it should be.
        case right
        /// This many bytes more than are sent; negative is fewer.
        case off(by: Int64)
        /// This text.
        case literal(String)
    }

    /// Meaningless headers.
    package struct Padding: Sendable, Hashable {
        /// How many header lines.
        package var lines: Int
        /// The length of each value in bytes.
        package var valueLength: Int

        /// Creates the headers.
        package init(lines: Int, valueLength: Int) {
            self.lines = lines
            self.valueLength = valueLength
        }
    }

    /// A header that a request must have.
    package struct RequiredHeader: Sendable, Hashable {
        /// The name, in any case.
        package var name: String
        /// The value, exactly.
        package var value: String
        /// The status if it is missing or different.
        package var status: Int

        /// Creates the header.
        package init(_ name: String, _ value: String, status: Int = 401) {
            self.name = name
            self.value = value
            self.status = status
        }
    }

    /// The most answers of a file at once.
    package struct ConcurrencyLimit: Sendable, Hashable {
        /// How many answers.
        package var answers: Int
        /// The status of any more.
        package var status: Int

        /// Creates the limit.
        package init(_ answers: Int, status: Int = 429) {
            self.answers = answers
            self.status = status
        }
    }

    /// What becomes of a connection after an answer.
    package enum Connection: Sendable, Hashable {
        /// The next request is awaited.
        case keepAlive
        /// It is closed, and `Connection: close` says so.
        case close
        /// It is closed without a word.
        case closeUnannounced
    }
}
