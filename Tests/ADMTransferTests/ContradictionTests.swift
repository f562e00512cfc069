import ADMModel
import NIOHTTP1
import Testing

@testable import ADMTransfer

/// Answers that contradict themselves or what is known: they are never the file.
@Suite struct ContradictionTests {
    private func facts(_ status: Int, _ fields: [(String, String)]) -> ResponseFacts {
        ResponseFacts(
            HTTPResponseHead(
                version: .http1_1,
                status: .init(statusCode: status),
                headers: HTTPHeaders(fields)
            )
        )
    }

    // MARK: - The frame

    @Test(
        arguments: [
            [("Transfer-Encoding", "gzip, chunked")], [("Transfer-Encoding", "gzip")],
            [("Transfer-Encoding", "deflate"), ("Transfer-Encoding", "chunked")],
            [("Transfer-Encoding", "chunked, gzip")], [("Transfer-Encoding", "chunked, chunked")],
            [("Content-Length", "5"), ("Content-Length", "6")], [("Content-Length", "5, 6")],
            [("Content-Length", "99999999999999999999")], [("Content-Length", "-5")],
            [("Content-Length", "9223372036854775807")],
        ]
    )
    func `a frame that cannot be read is a fault`(fields: [(String, String)]) throws {
        let answer = facts(200, fields)
        #expect(answer.framingFault != nil)
        let failure = try #require(Failure.status(answer, url: SourceURL("http://a/f")))
        #expect(failure.code == .remoteProtocol)
        #expect(!failure.isTransient)
    }

    @Test(
        arguments: [
            ([("Transfer-Encoding", "chunked")], nil), ([("Transfer-Encoding", "Chunked ")], nil),
            ([("Transfer-Encoding", "identity"), ("Content-Length", "5")], 5),
            ([("Transfer-Encoding", "chunked"), ("Content-Length", "10")], nil),
            ([("Content-Length", "5"), ("Content-Length", "5")], 5),
            ([("Content-Length", "5, 5")], 5), ([("Content-Length", "+5")], 5), ([], nil),
        ] as [([(String, String)], Int64?)]
    )
    func `a frame that can be read says the length, chunks before anything else`(
        fields: [(String, String)],
        length: Int64?
    ) {
        let answer = facts(200, fields)
        #expect(answer.framingFault == nil)
        #expect(answer.contentLength == length)
    }

    @Test func `a field that is there twice with two values says nothing`() {
        let tags = facts(200, [("ETag", "\"a\""), ("ETag", "\"b\"")])
        #expect(tags.validators.entityTag == nil)
        let dates = facts(
            200,
            [
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:38 GMT"),
            ]
        )
        #expect(dates.validators.lastModified == nil)
        let ranges = facts(
            206,
            [("Content-Range", "bytes 0-9/20"), ("Content-Range", "bytes 10-19/20")]
        )
        #expect(ranges.contentRange == nil)
        #expect(ranges.contentRangeIsBroken)
        #expect(facts(200, [("ETag", "\"a\""), ("ETag", "\"a\"")]).validators.strongTag == "\"a\"")
    }

    // MARK: - A part that calls itself the whole

    @Test(
        arguments: [
            "bytes 0-99/1000", "bytes 100-199/1000", "bytes=0-99/1000", "0-99/1000",
            "bytes 900-999/1000", "bytes 0-999/1000", "bytes 5-104/*", "bytes 0-49/*",
            "BYTES 0-99 / 1000",
        ],
        [0, nil] as [Int64?]
    )
    func `H2 an answer of 100 bytes that says that it is a part is not the whole file`(
        range: String,
        asked: Int64?
    ) {
        let answer = facts(200, [("Content-Range", range), ("Content-Length", "100")])
        for known in [nil, Validators(entityTag: "\"a\"", length: 100)] {
            guard
                case .brokenRanges = RangeAnswer.judge(
                    answer,
                    asked: asked,
                    known: known,
                    trusted: false
                )
            else {
                Issue.record("\(range) was taken")
                return
            }
        }
    }

    @Test(
        arguments: [
            "bytes 0-99/100", "bytes=0-99/100", "0-99/100", "bytes 0-99/*", "bytes 0-100/100",
            "bytes */100", "nonsense", "",
        ],
        [200, 206]
    )
    func `an answer that says that it is all is all if all was asked for`(
        range: String,
        status: Int
    ) {
        let answer = facts(status, [("Content-Range", range), ("Content-Length", "100")])
        #expect(
            RangeAnswer.judge(answer, asked: nil, known: nil, trusted: false)
                == .fits(start: 0, total: 100, ranges: false)
        )
    }

    @Test func `a part of several parts is not the whole either`() {
        let answer = facts(
            206,
            [("Content-Type", "multipart/byteranges; boundary=x"), ("Content-Length", "100")]
        )
        guard
            case .brokenRanges = RangeAnswer.judge(answer, asked: nil, known: nil, trusted: false)
        else {
            Issue.record("a body of several parts was taken")
            return
        }
    }

    // MARK: - The same version with another length

    private let old = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test func `the whole file with the validators of the known one has its length`() {
        let byTag = Validators(entityTag: "\"a\"", length: 1000)
        let byDate = Validators(lastModified: old, lastModifiedIsStrong: true, length: 1000)
        let fields = [("Content-Length", "600"), ("ETag", "\"a\""), ("Last-Modified", old)]
        for known in [byTag, byDate] {
            #expect(
                RangeAnswer.judge(facts(200, fields), asked: 400, known: known, trusted: false)
                    == .contradicts(length: 600, known: 1000)
            )
        }
        let other = facts(200, [("Content-Length", "600"), ("ETag", "\"b\"")])
        #expect(
            RangeAnswer.judge(other, asked: 400, known: byTag, trusted: false)
                == .changed(usable: true)
        )
    }

    @Test func `validators tell the same version from another and from one that nobody knows`() {
        let tag = Validators(entityTag: "\"a\"")
        let weak = Validators(entityTag: "W/\"a\"")
        let dated = Validators(lastModified: old, lastModifiedIsStrong: true)
        let young = Validators(lastModified: old)
        #expect(tag.relation(to: Validators(entityTag: "\"a\"", lastModified: "x")) == .same)
        #expect(tag.relation(to: Validators(entityTag: "\"b\"")) == .different)
        #expect(tag.relation(to: weak) == .unknown)
        #expect(weak.relation(to: Validators(entityTag: "W/\"b\"")) == .different)
        #expect(tag.relation(to: Validators()) == .unknown)
        #expect(dated.relation(to: dated) == .same)
        #expect(young.relation(to: young) == .unknown)
        #expect(young.relation(to: Validators(lastModified: "x")) == .different)
    }

    @Test func `a body without a length must come to what was named before`() throws {
        let known = KnownLength(Validators(entityTag: "\"a\"", length: 1000))
        let same = try #require(try known.expectation(of: Validators(entityTag: "\"a\"")))
        #expect([999, 1000, 1001].map(same.allows) == [false, true, false])
        let unknown = try #require(try known.expectation(of: Validators()))
        #expect([999, 1000, 1001].map(unknown.allows) == [false, true, true])
        #expect(try known.expectation(of: Validators(entityTag: "\"b\"")) == nil)
        #expect(try KnownLength(nil).expectation(of: Validators()) == nil)
        #expect(try known.expectation(of: Validators(entityTag: "\"a\"", length: 1000)) == nil)
        #expect(throws: RangeRefusal.self) {
            try known.expectation(of: Validators(entityTag: "\"a\"", length: 999))
        }
    }

    @Test func `what is known of a length follows the answers`() throws {
        var known = KnownLength(nil)
        known.note(Validators(entityTag: "\"a\""))
        known.note(Validators(entityTag: "\"a\"", length: 10))
        #expect(try known.expectation(of: Validators(entityTag: "\"a\""))?.length == 10)
        known.note(Validators())
        #expect(try known.expectation(of: Validators(entityTag: "\"a\""))?.length == 10)
        known.note(Validators(entityTag: "\"b\""))
        #expect(try known.expectation(of: Validators(entityTag: "\"b\"")) == nil)
        known.note(Validators(entityTag: "\"b\"", length: 20))
        known.changeServer()
        let elsewhere = try #require(try known.expectation(of: Validators(entityTag: "\"c\"")))
        #expect(!elsewhere.isSameVersion)
        #expect(elsewhere.length == 20)
    }
}
