import ADMModel
import Testing

@testable import ADMTransfer

/// A connection reads on until a server has let another one in: nothing is lost if it lets in no other.
@Suite struct LendingTests {
    /// The first connection, which reads all of 1000 bytes in place of others from `stop` on.
    private func lending(from stop: Int64) -> (open: OpenConnections, lender: Int) {
        var open = OpenConnections()
        let lender = open.add(ByteRange(0, 1000))
        open.lend(lender, from: stop)
        return (open, lender)
    }

    @Test func `the first connection stops at its part when another was accepted`() throws {
        var (open, lender) = lending(from: 200)
        let other = open.add(ByteRange(200, 400))
        #expect(open.connections[lender]?.range?.whole == ByteRange(0, 1000))
        #expect(open.fetched == SegmentMap([ByteRange(0, 400)]), "what is behind is asked for")
        let accepted = open.accepted(other)
        let cut = try #require(accepted)
        #expect(cut.lender == lender)
        #expect(cut.stop == 200)
        #expect(open.connections[lender]?.range?.whole == ByteRange(0, 200))
        #expect(!open.isLending)
    }

    @Test func `the only connection can lend all behind its next piece, and no other`() {
        var open = OpenConnections()
        let lender = open.add(ByteRange(0, 1000))
        open.see([OpenConnections.Sighting(number: lender, next: 300)])
        #expect(open.lendAll(behind: 700) == nil, "nothing is behind")
        #expect(open.lendAll(behind: 200) == ByteRange(500, 1000))
        #expect(open.connections[lender]?.range?.whole == ByteRange(0, 1000))
        #expect(open.lendAll(behind: 200) == nil, "it lends already")
        _ = open.add(ByteRange(500, 600))
        #expect(open.lendAll(behind: 200) == nil)
    }

    @Test func `what another connection is tried with lies at the end`() throws {
        var open = OpenConnections()
        _ = open.add(ByteRange(0, 1000))
        let split = open.split(minimum: 1, most: 100)
        #expect(try #require(split).part == ByteRange(900, 1000))
        let least = open.split(minimum: 200, most: 100)
        #expect(try #require(least).part == ByteRange(800, 1000))
    }

    @Test func `it stops where it is if it has come further`() throws {
        var (open, lender) = lending(from: 200)
        let other = open.add(ByteRange(200, 400))
        open.see([OpenConnections.Sighting(number: lender, next: 300)])
        _ = open.accepted(other)
        let range = try #require(open.connections[lender]?.range)
        #expect(range.whole == ByteRange(0, 300))
        #expect(range.isFull)
    }

    @Test func `one that was refused leaves the other its whole range`() {
        var (open, _) = lending(from: 600)
        let other = open.add(ByteRange(600, 1000))
        _ = open.remove(other)
        #expect(!open.isLending)
        #expect(open.fetched == SegmentMap([ByteRange(0, 1000)]))
    }

    @Test func `a part that was refused is asked for again if another part was accepted`() throws {
        var (open, _) = lending(from: 200)
        var state = TransferState(done: SegmentMap(), known: nil)
        let known = Validators(entityTag: "\"a\"", length: 1000)
        _ = state.begin(
            start: 0,
            validators: known,
            total: 1000,
            canSplit: true,
            continues: false
        )
        state.postpone(ByteRange(200, 1000))
        let pieces = (state.takePending(piece: 200), state.takePending(piece: 200))
        let first = try #require(pieces.0)
        let second = try #require(pieces.1)
        let refused = open.add(first)
        let accepted = open.add(second)
        _ = open.remove(refused)
        state.connectionEnded(
            filled: ByteRange(first.start, first.start),
            missing: first,
            elsewhere: open.fetched
        )
        _ = open.accepted(accepted)
        #expect(state.pending == [ByteRange(200, 400), ByteRange(600, 1000)])
        #expect(open.fetched == SegmentMap([ByteRange(0, 200), ByteRange(400, 600)]))
    }

    @Test func `if nobody else is let in, the first one fetches everything`() {
        var (open, _) = lending(from: 200)
        let carried = open.carryOn(over: [ByteRange(200, 1000)])
        #expect(carried.kept == [ByteRange(0, 1000)])
        #expect(carried.extended == [], "it never stopped")
        #expect(open.fetched == SegmentMap([ByteRange(0, 1000)]))
        #expect(!open.isLending)
    }

    @Test func `an answer that was cut is read to its end if the next link is refused`() throws {
        var (open, lender) = lending(from: 200)
        let other = open.add(ByteRange(200, 400))
        _ = open.accepted(other)
        #expect(open.carryOn(over: [ByteRange(0, 100)]).kept == [], "that is fetched")
        let carried = open.carryOn(over: [ByteRange(400, 1000)])
        #expect(carried.kept == [ByteRange(0, 1000)])
        #expect(carried.extended == [lender])
    }

    @Test func `an answer that was read to where it was cut has ended`() {
        var range = RangeProgress(ByteRange(0, 1000))
        range.cut(at: 100)
        range.next = 100
        let extended = range.extend(over: [ByteRange(400, 1000)])
        #expect(!extended)
        range.extend()
        #expect(range.whole == ByteRange(0, 100))
        #expect(range.rest(after: range.filled) == ByteRange(100, 100))
    }

    @Test func `what was written in the meantime is asked of nobody`() {
        var state = TransferState(done: SegmentMap(), known: Validators(length: 1000))
        _ = state.takePending()
        state.postpone(ByteRange(200, 1000))
        state.skip(SegmentMap([ByteRange(0, 300), ByteRange(500, 600)]))
        #expect(state.pending == [ByteRange(300, 500), ByteRange(600, 1000)])
        state.skip(SegmentMap([ByteRange(0, 1000)]))
        #expect(state.pending == [])
    }
}
