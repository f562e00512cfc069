import ADMDisk
import ADMModel
import Foundation
import Testing

@testable import ADMTransfer

/// A connection reads on until a server has let another one in: nothing is lost where it lets in no other.
@Suite struct LendingTests {
    private let hundred = [UInt8](repeating: 1, count: 100)

    private func withPart(_ body: (PartFile) throws -> Void) throws {
        let directory =
            FileManager.default.temporaryDirectory.path + "/adm-lending-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let part = try #require(
            try PartFile.open(directory: directory, job: JobID(), create: true)
        )
        try body(part)
    }

    @Test func `the first connection stops at its part when another was accepted`() throws {
        try withPart { part in
            var open = OpenConnections()
            let first = OpenRange(ByteRange(0, 1000), in: part)
            let (lender, _) = open.add(first)
            open.lend(lender, from: 200)
            let (other, _) = open.add(OpenRange(ByteRange(200, 400), in: part))
            #expect(first.whole == ByteRange(0, 1000))
            #expect(open.fetched == SegmentMap([ByteRange(0, 400)]), "what is behind is asked for")
            open.accepted(other)
            #expect(first.whole == ByteRange(0, 200))
            #expect(!open.isLending)
        }
    }

    @Test func `it stops where it is if it has come further`() throws {
        try withPart { part in
            var open = OpenConnections()
            let first = OpenRange(ByteRange(0, 1000), in: part)
            let (lender, _) = open.add(first)
            open.lend(lender, from: 200)
            let (other, _) = open.add(OpenRange(ByteRange(200, 400), in: part))
            for _ in 0..<3 { _ = unsafe try first.write(hundred.span.bytes) }
            open.accepted(other)
            #expect(first.whole == ByteRange(0, 300))
            #expect(first.isFull)
        }
    }

    @Test func `one that was refused leaves the other its whole range`() throws {
        try withPart { part in
            var open = OpenConnections()
            let first = OpenRange(ByteRange(0, 1000), in: part)
            let (lender, _) = open.add(first)
            open.lend(lender, from: 600)
            let (other, _) = open.add(OpenRange(ByteRange(600, 1000), in: part))
            _ = open.remove(other)
            #expect(!open.isLending)
            #expect(open.fetched == SegmentMap([ByteRange(0, 1000)]))
        }
    }

    @Test func `a part that was refused is asked for again if another part was accepted`() throws {
        try withPart { part in
            var open = OpenConnections()
            var state = TransferState(done: SegmentMap(), known: nil)
            let known = Validators(entityTag: "\"a\"", length: 1000)
            _ = state.begin(
                start: 0,
                validators: known,
                total: 1000,
                canSplit: true,
                continues: false
            )
            let first = OpenRange(ByteRange(0, 1000), in: part)
            let (lender, _) = open.add(first)
            open.lend(lender, from: 200)
            state.postpone(ByteRange(200, 1000))
            let pieces = [state.takePending(piece: 200), state.takePending(piece: 200)]
            let one = OpenRange(try #require(pieces[0]), in: part)
            let (refused, _) = open.add(one)
            let two = OpenRange(try #require(pieces[1]), in: part)
            let (accepted, _) = open.add(two)
            _ = open.remove(refused)
            let (filled, missing) = one.seal()
            state.connectionEnded(filled: filled, missing: missing, elsewhere: open.fetched)
            open.accepted(accepted)
            #expect(state.pending == [ByteRange(200, 400), ByteRange(600, 1000)])
            #expect(open.fetched == SegmentMap([ByteRange(0, 200), ByteRange(400, 600)]))
        }
    }

    @Test func `if nobody else is let in, the first one fetches everything`() throws {
        try withPart { part in
            var open = OpenConnections()
            let (lender, _) = open.add(OpenRange(ByteRange(0, 1000), in: part))
            open.lend(lender, from: 200)
            #expect(open.carryOn(over: [ByteRange(200, 1000)]) == [ByteRange(0, 1000)])
            #expect(open.fetched == SegmentMap([ByteRange(0, 1000)]))
            #expect(!open.isLending)
        }
    }

    @Test func `an answer that was cut is read to its end if the next link is refused`() throws {
        try withPart { part in
            var open = OpenConnections()
            let first = OpenRange(ByteRange(0, 1000), in: part)
            let (lender, _) = open.add(first)
            open.lend(lender, from: 200)
            let (other, _) = open.add(OpenRange(ByteRange(200, 400), in: part))
            open.accepted(other)
            #expect(open.carryOn(over: [ByteRange(0, 100)]) == [], "that is fetched")
            #expect(open.carryOn(over: [ByteRange(400, 1000)]) == [ByteRange(0, 1000)])
            first.cut(at: 100)
            _ = unsafe try first.write(hundred.span.bytes)
            #expect(!first.extend(over: [ByteRange(400, 1000)]), "its answer has ended")
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
