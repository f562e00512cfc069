import Testing

@testable import ADMCommands

@Suite struct DrawnFrameTests {
    private let wide = Terminal.Size(columns: 40, rows: 10)
    private let lines = (1...6).map { "\($0)" + String(repeating: "x", count: 38) }

    private func drawn(isRewrapped: Bool = true) -> DrawnFrame {
        var frame = DrawnFrame(isRewrapped: isRewrapped)
        frame.replace(with: lines, in: wide, isBelowOthers: false)
        return frame
    }

    @Test func `lines that are wrapped take more rows`() {
        #expect(drawn().rows(in: wide) == 6)
        #expect(drawn().rows(in: Terminal.Size(columns: 20, rows: 30)) == 12)
        #expect(drawn().rows(in: Terminal.Size(columns: 80, rows: 10)) == 6)
    }

    @Test func `lines that are cut take one row each`() {
        #expect(drawn(isRewrapped: false).rows(in: Terminal.Size(columns: 20, rows: 30)) == 6)
    }

    @Test func `lines that a low window pushed out come back with a higher one`() {
        var frame = drawn()
        let low = Terminal.Size(columns: 40, rows: 4)
        frame.replace(with: ["a", "b", "total"], in: low, isBelowOthers: false)
        #expect(frame.rows(in: low) == 3)
        #expect(frame.rows(in: Terminal.Size(columns: 40, rows: 5)) == 4)
        #expect(frame.rows(in: wide) == 6)
        frame.replace(with: lines, in: wide, isBelowOthers: false)
        #expect(frame.rows(in: wide) == 6)
        #expect(frame.rows(in: Terminal.Size(columns: 40, rows: 30)) == 6)
    }

    @Test func `what was pushed out above lines that stay is left alone`() {
        var frame = drawn()
        let low = Terminal.Size(columns: 40, rows: 4)
        frame.replace(with: ["total"], in: low, isBelowOthers: true)
        #expect(frame.rows(in: wide) == 1)
    }
}
