import ADMModel
import Testing

@testable import ADMTransfer

/// The pure decisions of a transfer: connections, limits, what is missing.
@Suite struct TransferDecisionTests {
    @Test(arguments: [1024 as Int64, 65_536, 1_048_576, 1_073_741_824])
    func `a limit is kept over ten seconds of simulated time`(rate: Int64) {
        let begin = ContinuousClock.now
        let limit = RateLimit(bytesPerSecond: rate, now: begin)
        var now = begin
        var bytes: Int64 = 0
        while begin.duration(to: now) < .seconds(10) {
            let count = 16_384
            bytes += Int64(count)
            guard let ticket = limit.pay(for: count, now: now),
                let wait = limit.wait(for: ticket, now: now)
            else { continue }
            now = now.advanced(by: wait)
        }
        let seconds = begin.duration(to: now).seconds
        let measured = Double(bytes) / seconds
        #expect(abs(measured / Double(rate) - 1) < 0.03)
    }

    @Test func `a limit that is raised or lifted shortens a wait that has begun`() throws {
        let begin = ContinuousClock.now
        let limit = RateLimit(bytesPerSecond: 1000, now: begin)
        let first = try #require(limit.pay(for: 10_000))
        let second = try #require(limit.pay(for: 10_000))
        #expect(try #require(limit.wait(for: first)) < .seconds(10))
        #expect(try #require(limit.wait(for: second)) > .seconds(15))
        limit.bytesPerSecond = 10_000
        #expect(try #require(limit.wait(for: first)) < .seconds(1))
        #expect(try #require(limit.wait(for: second)) < .seconds(2))
        limit.bytesPerSecond = 0
        #expect(limit.wait(for: second) == nil)
    }

    @Test func `bytes that came before a limit was lowered are soon forgiven`() throws {
        let limit = RateLimit(bytesPerSecond: 10_000_000)
        let ticket = try #require(limit.pay(for: 5_000_000))
        limit.bytesPerSecond = 1000
        #expect(try #require(limit.wait(for: ticket)) <= .seconds(1))
    }

    @Test func `a connection waits in short steps, however slow the limit is`() throws {
        let limits = [RateLimit(bytesPerSecond: 0), RateLimit(bytesPerSecond: 1)]
        let debt = try #require(RateDebt(paying: limits, for: 512))
        #expect(try #require(debt.step) <= .milliseconds(100))
        #expect(RateDebt(paying: [limits[0]], for: 512) == nil)
        limits[1].bytesPerSecond = 0
        #expect(debt.step == nil)
    }

    @Test func `what a slower connection may write again is not digested yet`() {
        var open = OpenConnections()
        let slow = open.add(ByteRange(100, 200))
        open.see([OpenConnections.Sighting(number: slow, next: 110)])
        #expect(open.settled(over: SegmentMap()) == 0)
        let done = SegmentMap([ByteRange(0, 100)])
        #expect(open.settled(over: done) == 110)
        let twin = open.add(ByteRange(110, 200))
        open.pair(twin, with: slow)
        open.see([OpenConnections.Sighting(number: twin, next: 160)])
        #expect(open.settled(over: done) == 110)
        _ = open.remove(slow)
        #expect(open.settled(over: SegmentMap([ByteRange(0, 110)])) == 160)
    }

    @Test func `what a connection leaves is fetched by another`() {
        let known = Validators(entityTag: "\"a\"", length: 100)
        var state = TransferState(done: SegmentMap(), known: nil)
        let first = state.begin(
            start: 0,
            validators: known,
            total: 100,
            canSplit: true,
            continues: false
        )
        #expect(first == ByteRange(0, 100))
        state.connectionEnded(filled: ByteRange(0, 30), missing: ByteRange(30, 100))
        #expect(state.takePending() == ByteRange(30, 100))
        #expect(state.takePending() == nil)
        state.connectionEnded(filled: ByteRange(30, 100), missing: nil)
        #expect(state.isComplete)
    }

    @Test func `what is fetched twice is not asked for a third time when one of the two fails`() {
        let known = Validators(entityTag: "\"a\"", length: 100)
        var state = TransferState(done: SegmentMap(), known: nil)
        _ = state.begin(start: 0, validators: known, total: 100, canSplit: true, continues: false)
        let twin = SegmentMap([ByteRange(30, 100)])
        state.connectionEnded(
            filled: ByteRange(0, 40),
            missing: ByteRange(40, 100),
            elsewhere: twin
        )
        #expect(state.takePending() == nil)
        // The other one fails too: what neither has is asked for.
        state.connectionEnded(filled: ByteRange(30, 60), missing: ByteRange(60, 100))
        #expect(state.takePending() == ByteRange(60, 100))
        state.connectionEnded(filled: ByteRange(60, 100), missing: nil)
        #expect(state.isComplete)
    }

    @Test(arguments: [0.5, 0.8, 0.98])
    func `a range shares its last part and keeps the least that is worth a request`(
        share: Double
    ) throws {
        var range = RangeProgress(ByteRange(0, 1000))
        let shared = try #require(range.share(share, minimum: 100))
        #expect(shared == ByteRange(1000 - min(900, Int64(share * 1000)), 1000))
        #expect(range.missing == ByteRange(0, 1000), "nobody was let in yet")
        range.cut(at: shared.start)
        #expect(range.missing == ByteRange(0, shared.start))
        #expect(range.share(share, minimum: 600) == nil)
    }

    @Test func `a resumed run fetches its gaps and nothing else`() {
        let known = Validators(entityTag: "\"a\"", length: 100)
        let done = SegmentMap([ByteRange(0, 10), ByteRange(50, 60)])
        var state = TransferState(done: done, known: known)
        #expect(state.canContinue)
        let first = state.begin(
            start: 10,
            validators: known,
            total: 100,
            canSplit: true,
            continues: true
        )
        #expect(first == ByteRange(10, 50))
        #expect(state.takePending() == ByteRange(60, 100))
    }

    @Test func `a file of unknown length ends where its body ends`() {
        var state = TransferState(done: SegmentMap(), known: nil)
        let range = state.begin(
            start: 0,
            validators: Validators(),
            total: nil,
            canSplit: false,
            continues: false
        )
        #expect(range == ByteRange(0, Int64.max))
        #expect(!state.isComplete)
        state.connectionEnded(filled: ByteRange(0, 77), missing: nil)
        state.finishUnknown(at: 77)
        #expect(state.isComplete)
    }

    @Test func `an empty file is complete at once`() {
        var state = TransferState(done: SegmentMap(), known: nil)
        _ = state.begin(
            start: 0,
            validators: Validators(length: 0),
            total: 0,
            canSplit: false,
            continues: false
        )
        #expect(state.isComplete)
    }

    @Test(
        arguments: [
            ("120", 120.0), ("0", 0), ("-5", 0), ("99999999999", 86_400),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 10), ("Sunday, 06-Nov-94 08:49:37 GMT", 10),
            ("Sun Nov  6 08:49:37 1994", 10), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ]
    )
    func `H13 Retry-After is read in every form and clamped`(text: String, seconds: Double) {
        #expect(ResponseFacts.retryAfter(text, now: 784_111_777 - 10) == seconds)
    }

    @Test(arguments: ["", "soon", "Sun, 99 Nov 1994", "nan", "1e400"])
    func `H13 a Retry-After that cannot be read is none`(text: String) {
        #expect(ResponseFacts.retryAfter(text, now: 0) == nil)
    }

    @Test func `the proxy is left out for the hosts that are excepted`() {
        let list = ["example.org", ".internal", "127.0.0.1"]
        #expect(HTTPSession.excepts("example.org", from: list))
        #expect(HTTPSession.excepts("www.example.org", from: list))
        #expect(HTTPSession.excepts("db.internal", from: list))
        #expect(!HTTPSession.excepts("badexample.org", from: list))
        #expect(HTTPSession.excepts("anything", from: ["*"]))
        #expect(!HTTPSession.excepts("anything", from: []))
    }
}
