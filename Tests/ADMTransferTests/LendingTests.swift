import ADMDisk
import ADMModel
import Foundation
import Testing

@testable import ADMTransfer

/// A connection reads on until a server has let another one in: nothing is lost if it lets in no other.
@Suite struct LendingTests {
    private let hundred = [UInt8](repeating: 1, count: 100)

    /// One connection that was to fetch a thousand bytes, and lends what is behind a place.
    private struct Lending {
        var open = OpenConnections()
        let part: PartFile
        let first: OpenRange

        /// Adds a connection for a part of the rest; its number.
        mutating func add(_ range: ByteRange) -> Int { open.add(OpenRange(range, in: part)).0 }
    }

    private func lending(from place: Int64, _ body: (inout Lending) throws -> Void) throws {
        try withPart { part in
            var lending = Lending(part: part, first: OpenRange(ByteRange(0, 1000), in: part))
            let (lender, _) = lending.open.add(lending.first)
            lending.open.lend(lender, from: place)
            try body(&lending)
        }
    }

    @Test func `the first connection stops at its part when another was accepted`() throws {
        try lending(from: 200) { lending in
            let other = lending.add(ByteRange(200, 400))
            #expect(lending.first.whole == ByteRange(0, 1000))
            #expect(
                lending.open.fetched == SegmentMap([ByteRange(0, 400)]),
                "what is behind is asked for"
            )
            lending.open.accepted(other)
            #expect(lending.first.whole == ByteRange(0, 200))
            #expect(!lending.open.isLending)
        }
    }

    @Test func `it stops where it is if it has come further`() throws {
        try lending(from: 200) { lending in
            let other = lending.add(ByteRange(200, 400))
            for _ in 0..<3 { _ = unsafe try lending.first.write(hundred.span.bytes) }
            lending.open.accepted(other)
            #expect(lending.first.whole == ByteRange(0, 300))
            #expect(lending.first.isFull)
        }
    }

    @Test func `one that was refused leaves the other its whole range`() throws {
        try lending(from: 600) { lending in
            let other = lending.add(ByteRange(600, 1000))
            _ = lending.open.remove(other)
            #expect(!lending.open.isLending)
            #expect(lending.open.fetched == SegmentMap([ByteRange(0, 1000)]))
        }
    }

    @Test func `a part that was refused is asked for again if another part was accepted`() throws {
        try lending(from: 200) { lending in
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
            let pieces = [state.takePending(piece: 200), state.takePending(piece: 200)]
            let one = OpenRange(try #require(pieces[0]), in: lending.part)
            let (refused, _) = lending.open.add(one)
            let two = OpenRange(try #require(pieces[1]), in: lending.part)
            let (accepted, _) = lending.open.add(two)
            _ = lending.open.remove(refused)
            let (filled, missing) = one.seal()
            state.connectionEnded(filled: filled, missing: missing, elsewhere: lending.open.fetched)
            lending.open.accepted(accepted)
            #expect(state.pending == [ByteRange(200, 400), ByteRange(600, 1000)])
            #expect(lending.open.fetched == SegmentMap([ByteRange(0, 200), ByteRange(400, 600)]))
        }
    }

    @Test func `if nobody else is let in, the first one fetches everything`() throws {
        try lending(from: 200) { lending in
            #expect(lending.open.carryOn(over: [ByteRange(200, 1000)]) == [ByteRange(0, 1000)])
            #expect(lending.open.fetched == SegmentMap([ByteRange(0, 1000)]))
            #expect(!lending.open.isLending)
        }
    }

    @Test func `an answer that was cut is read to its end if the next link is refused`() throws {
        try lending(from: 200) { lending in
            let other = lending.add(ByteRange(200, 400))
            lending.open.accepted(other)
            #expect(lending.open.carryOn(over: [ByteRange(0, 100)]) == [], "that is fetched")
            #expect(lending.open.carryOn(over: [ByteRange(400, 1000)]) == [ByteRange(0, 1000)])
            lending.first.cut(at: 100)
            _ = unsafe try lending.first.write(hundred.span.bytes)
            #expect(!lending.first.extend(over: [ByteRange(400, 1000)]), "its answer has ended")
        }
    }

    @Test func `what was written in the meantime is asked of nobody`() throws {
        var state = TransferState(done: SegmentMap(), known: Validators(length: 1000))
        _ = state.takePending()
        state.postpone(ByteRange(200, 1000))
        state.skip(SegmentMap([ByteRange(0, 300), ByteRange(500, 600)]))
        #expect(state.pending == [ByteRange(300, 500), ByteRange(600, 1000)])
        state.skip(SegmentMap([ByteRange(0, 1000)]))
        #expect(state.pending == [])
    }
}
