import NIOCore
import Testing

@testable import ADMTransfer

/// RFC 9113 §10.5: frames that bring nothing.
@Suite struct FrameBudgetTests {
    private func frame(_ type: UInt8, flags: UInt8 = 0, length: Int) -> [UInt8] {
        let size = [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
        return size + [type, flags, 0, 0, 0, 1] + [UInt8](repeating: 0, count: length)
    }

    /// How many of the frames are let through, handed over in pieces of a size.
    private func accepted(_ frame: [UInt8], upTo count: Int, step: Int) -> Int {
        var budget = FrameBudget()
        for number in 0..<count {
            var rest = frame[...]
            while !rest.isEmpty {
                let part = ByteBuffer(bytes: rest.prefix(step))
                guard budget.spend(part.readableBytesView) else { return number }
                rest = rest.dropFirst(step)
            }
        }
        return count
    }

    @Test(
        arguments: [
            ("PING", 0x6, 0, 8), ("SETTINGS", 0x4, 0, 0), ("PRIORITY", 0x2, 0, 5),
            ("empty DATA", 0x0, 0, 0), ("padded DATA", 0x0, 0x08, 200), ("RST_STREAM", 0x3, 0, 4),
            ("WINDOW_UPDATE", 0x8, 0, 4), ("unknown", 0xFA, 0, 100), ("GOAWAY", 0x7, 0, 8),
        ],
        [1, 9, 100_000]
    )
    func `H15 a flood of frames without progress ends`(
        kind: (name: String, type: UInt8, flags: UInt8, length: Int),
        step: Int
    ) {
        let flood = frame(kind.type, flags: kind.flags, length: kind.length)
        #expect(accepted(flood, upTo: 5_000, step: step) == FrameBudget.limit, "\(kind.name)")
    }

    @Test func `H15 a field block may be continued a few times, not without end`() {
        let part = frame(0x9, length: 100)
        #expect((16...40).contains(accepted(part, upTo: 100, step: 1_000)))
    }

    @Test func `H15 large frames that nobody knows end sooner than small ones`() {
        #expect(accepted(frame(0xFA, length: 16_000), upTo: 5_000, step: 100_000) == 62)
    }

    @Test func `any number of answers without a body is fine`() {
        #expect(accepted(frame(0x1, flags: 0x05, length: 20), upTo: 20_000, step: 1_000) == 20_000)
    }

    @Test func `bytes of a body pay for frames, and any number of them is fine`() {
        let mixed = frame(0x0, length: 16_384) + frame(0x8, length: 4) + frame(0x6, length: 8)
        #expect(accepted(mixed, upTo: 20_000, step: 100_000) == 20_000)
    }
}
