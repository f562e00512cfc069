import ADMModel
import NIOHTTP1
import Testing

@testable import ADMTransfer

/// Judging answers: what may be written where.
@Suite struct RangeAnswerTests {
    private let known = Validators(entityTag: "\"v1\"", length: 1000)

    private func facts(_ status: Int, _ fields: [(String, String)]) -> ResponseFacts {
        ResponseFacts(
            HTTPResponseHead(
                version: .http1_1,
                status: .init(statusCode: status),
                headers: HTTPHeaders(fields)
            )
        )
    }

    private func judge(
        _ facts: ResponseFacts,
        asked: Int64? = 400,
        known: Validators?,
        trusted: Bool = false,
        conditional: Bool = false
    ) -> RangeAnswer {
        RangeAnswer.judge(
            facts,
            asked: asked,
            known: known,
            trusted: trusted,
            conditional: conditional
        )
    }

    @Test func `with a digest a tag that differs alone does not make it another file`() {
        let part = facts(206, [("Content-Range", "bytes 400-999/1000"), ("ETag", "\"v2\"")])
        let fits = RangeAnswer.fits(start: 400, total: 1000, ranges: true)
        #expect(judge(part, known: known, trusted: true) == fits)
        let all = facts(200, [("Content-Length", "1000"), ("ETag", "\"v2\"")])
        let whole = RangeAnswer.wholeFile(total: 1000)
        #expect(judge(all, known: known, trusted: true, conditional: true) == whole)
        #expect(judge(all, known: known, trusted: true) == .changed(usable: true))
        #expect(judge(all, known: known, conditional: true) == .changed(usable: true))
    }

    @Test func `another length or date does make it another file, with a digest too`() {
        let dated = Validators(entityTag: "\"v1\"", lastModified: "monday", length: 1000)
        let range = ("Content-Range", "bytes 400-999/1000")
        let later = facts(206, [range, ("ETag", "\"v2\""), ("Last-Modified", "tuesday")])
        #expect(judge(later, known: dated, trusted: true) == .changed(usable: false))
        let longer = facts(206, [("Content-Range", "bytes 400-1999/2000"), ("ETag", "\"v2\"")])
        #expect(judge(longer, known: dated, trusted: true) == .changed(usable: false))
    }

    @Test func `ranges of a file that is stored with its encoding count`() {
        let coding = ("Content-Encoding", "x-gzip")
        let range = ("Content-Range", "bytes 400-999/1000")
        let fits = RangeAnswer.fits(start: 400, total: 1000, ranges: true)
        #expect(judge(facts(206, [coding, range, ("ETag", "\"v1\"")]), known: known) == fits)
        // Without a strong validator it may have been encoded on the way.
        for tag in [("ETag", "W/\"v1\""), ("Server", "x")] {
            let answer = judge(facts(206, [coding, range, tag]), asked: 400, known: nil)
            #expect(answer == .brokenRanges("the part is encoded"))
        }
        let unknown = ("Content-Range", "bytes 400-999/*")
        #expect(
            judge(facts(206, [coding, unknown, ("ETag", "\"v1\"")]), known: known)
                == .brokenRanges("the part is encoded")
        )
    }

    @Test func `a part of the same version fits`() {
        let answer = facts(206, [("Content-Range", "bytes 400-999/1000"), ("ETag", "\"v1\"")])
        #expect(judge(answer, known: known) == .fits(start: 400, total: 1000, ranges: true))
    }

    @Test func `H3 a part with another tag is another file`() {
        let answer = facts(206, [("Content-Range", "bytes 400-999/1000"), ("ETag", "\"v2\"")])
        #expect(judge(answer, known: known) == .changed(usable: false))
    }

    @Test func `H3 a part without a tag proves nothing`() {
        let answer = facts(206, [("Content-Range", "bytes 400-999/1000")])
        #expect(judge(answer, known: known) == .changed(usable: false))
    }

    @Test func `H3 a weak tag never proves sameness`() {
        let weak = Validators(entityTag: "W/\"v1\"", length: 1000)
        let answer = facts(206, [("Content-Range", "bytes 400-999/1000"), ("ETag", "W/\"v1\"")])
        #expect(judge(answer, known: weak) == .changed(usable: false))
    }

    @Test func `a known digest lets parts without validators be put together`() {
        let answer = facts(206, [("Content-Range", "bytes 400-999/1000")])
        let nothing = Validators(length: 1000)
        #expect(
            judge(answer, known: nothing, trusted: true)
                == .fits(start: 400, total: 1000, ranges: true)
        )
        #expect(judge(answer, known: nothing) == .changed(usable: false))
    }

    @Test func `the same date and length are the same version only if the date is old enough`() {
        let modified = "Sun, 06 Nov 1994 08:49:37 GMT"
        let strong = Validators(lastModified: modified, lastModifiedIsStrong: true, length: 1000)
        let weak = Validators(lastModified: modified, lastModifiedIsStrong: false, length: 1000)
        let answer = facts(
            206,
            [("Content-Range", "bytes 400-999/1000"), ("Last-Modified", modified)]
        )
        #expect(judge(answer, known: strong) == .fits(start: 400, total: 1000, ranges: true))
        #expect(judge(answer, known: weak) == .changed(usable: false))
    }

    @Test func `a part of another length is another file, or a part that cannot be trusted`() {
        let other = facts(206, [("Content-Range", "bytes 400-999/1001"), ("ETag", "\"v2\"")])
        #expect(judge(other, known: known) == .changed(usable: false))
        let same = facts(206, [("Content-Range", "bytes 400-999/1001"), ("ETag", "\"v1\"")])
        guard case .brokenRanges = judge(same, known: known) else {
            Issue.record("the same version had two lengths")
            return
        }
    }

    @Test(
        arguments: [
            [("Content-Range", "bytes 399-999/1000")], [("Content-Range", "rubbish")], [],
            [("Content-Range", "bytes 400-999/1000"), ("Content-Length", "5")],
            [("Content-Type", "multipart/byteranges; boundary=x")],
            [("Content-Range", "bytes 400-999/1000"), ("Content-Encoding", "gzip")],
        ]
    )
    func `H2 a part that is not what was asked for is never written`(fields: [(String, String)]) {
        guard case .brokenRanges = judge(facts(206, fields), known: known) else {
            Issue.record("the part was not refused: \(fields)")
            return
        }
    }

    @Test func `H1 the whole file instead of a part is told apart from a changed file`() {
        let same = facts(200, [("Content-Length", "1000"), ("ETag", "\"v1\"")])
        let other = facts(200, [("Content-Length", "1000"), ("ETag", "\"v2\"")])
        #expect(judge(same, known: known) == .wholeFile(total: 1000))
        #expect(judge(other, known: known) == .changed(usable: true))
    }

    @Test func `the first part must name the whole length`() {
        let open = facts(206, [("Content-Range", "bytes 0-99/*")])
        guard case .brokenRanges = judge(open, asked: 0, known: nil) else {
            Issue.record("a part of unknown length was taken for everything")
            return
        }
    }

    @Test func `a first answer without ranges is one stream`() {
        let answer = facts(200, [("Content-Length", "7")])
        #expect(judge(answer, asked: 0, known: nil) == .fits(start: 0, total: 7, ranges: false))
    }

    @Test func `H4 a range beyond the end names the length`() {
        #expect(
            judge(facts(416, [("Content-Range", "bytes */400")]), known: known)
                == .beyondEnd(length: 400)
        )
    }
}
