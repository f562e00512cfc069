import Glibc
import Testing

@testable import ADMCommands

@Suite struct ProgressWriterTests {
    private static let frameEnd = "\u{1B}[?7h"

    private func writer(_ window: PseudoTerminal) -> ProgressWriter {
        ProgressWriter(Terminal(window.descriptor, environment: ["TERM": "xterm-256color"]))
    }

    @Test func `a frame replaces the one before, and lines that stay are above it`() async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        var screen = Screen(columns: 40, rows: 10)
        screen.show("$ adm download\r\n")
        let writer = writer(window)

        await writer.draw(["first file 1%", "second file 1%", "0 done"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        #expect(screen.lines == ["$ adm download", "first file 1%", "second file 1%", "0 done"])
        #expect(!screen.isCursorShown)

        await writer.draw(["first 2%", "0 done"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        #expect(screen.lines == ["$ adm download", "first 2%", "0 done"])

        await writer.printAbove("saved second file")
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        #expect(screen.lines == ["$ adm download", "saved second file", "first 2%", "0 done"])

        await writer.finish()
        screen.show(try window.read(until: CursorGuard.restoring))
        #expect(screen.lines == ["$ adm download", "saved second file"])
        #expect(screen.isCursorShown)
        #expect(screen.wraps)
        #expect(screen.cursor == (2, 0))

        await writer.draw(["too late"])
        #expect(window.isSilent)
        await writer.printAbove("adm: bye")
        screen.show(try window.read(until: "bye\r\n"))
        #expect(screen.lines.last == "adm: bye")
    }

    @Test func `the same frame is not written twice`() async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        let writer = writer(window)
        await writer.draw(["a", "b"])
        _ = try window.read(until: ProgressWriterTests.frameEnd)
        await writer.draw(["a", "b"])
        await writer.draw(["a", "c"])
        let text = try window.read(until: ProgressWriterTests.frameEnd)
        #expect(text.contains("c") && window.isSilent)
    }

    @Test func `K5 nothing is left of a frame when the window becomes narrower and wider`()
        async throws
    {
        let window = try PseudoTerminal(columns: 40, rows: 20)
        var screen = Screen(columns: 40, rows: 20)
        screen.show("$ adm download\r\n")
        let writer = writer(window)
        for columns in [40, 13, 39, 7, 20, 19, 40, 9, 40] {
            window.resize(columns: columns, rows: 20)
            screen.resize(columns: columns)
            let lines = ["a", "b"].map { String(repeating: $0, count: columns - 1) }
            await writer.draw(lines + ["total"])
            screen.show(try window.read(until: ProgressWriterTests.frameEnd))
            #expect(screen.lines.suffix(3) == lines + ["total"])
            let command = screen.lines.dropLast(3).joined()
            #expect(command == "$ adm download", "\(columns)")
        }
        await writer.finish()
        screen.show(try window.read(until: CursorGuard.restoring))
        #expect(screen.lines.joined() == "$ adm download")
    }

    @Test func `K5 a frame at the upper edge does not go into the history when it is cleared`()
        async throws
    {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        var screen = Screen(columns: 40, rows: 10)
        let writer = writer(window)
        await writer.draw(["first 1%", "0 done"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        window.resize(columns: 30, rows: 10)
        screen.resize(columns: 30)
        await writer.draw(["first 2%", "0 done"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        await writer.printAbove("saved second")
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        await writer.finish()
        screen.show(try window.read(until: CursorGuard.restoring))
        #expect(screen.history.isEmpty)
        #expect(screen.lines == ["saved second"])
    }

    @Test func `a frame never wraps and never scrolls the window`() async throws {
        let window = try PseudoTerminal(columns: 10, rows: 4)
        var screen = Screen(columns: 10, rows: 4)
        let writer = writer(window)
        for number in 1...3 {
            let lines = (1...9).map { "\(number): line \($0) and more" }
            await writer.draw(lines)
            screen.show(try window.read(until: ProgressWriterTests.frameEnd))
            #expect(screen.lines == (7...9).map { "\(number): line \($0)" })
        }
        #expect(screen.history.isEmpty)
        await writer.finish()
    }

    @Test func `a scope that ends by an error leaves a clean terminal`() async throws {
        struct Broken: Error {}
        let window = try PseudoTerminal(columns: 40, rows: 10)
        let terminal = Terminal(window.descriptor, environment: ["TERM": "xterm"])
        await #expect(throws: Broken.self) {
            try await ProgressWriter.drawing(on: terminal) { writer in
                await writer.draw(["a", "b"])
                throw Broken()
            }
        }
        var screen = Screen(columns: 40, rows: 10)
        screen.show(try window.read(until: CursorGuard.restoring))
        #expect(screen.lines.isEmpty && screen.isCursorShown && screen.wraps)
    }

    @Test func `a writer that nobody finishes shows the cursor`() async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        do {
            let writer = writer(window)
            await writer.draw(["a"])
        }
        var screen = Screen(columns: 40, rows: 10)
        screen.show(try window.read(until: CursorGuard.restoring))
        #expect(screen.isCursorShown)
    }

    @Test func `while the output is held nothing blocks and no line is lost`() async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        var screen = Screen(columns: 40, rows: 10)
        let writer = writer(window)
        await writer.draw(["1%"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))

        tcflow(window.descriptor, TCOOFF)
        await writer.draw(["2%"])
        await writer.printAbove("saved a")
        await writer.draw(["3%"])
        await writer.printAbove("saved b")
        #expect(window.isSilent)

        tcflow(window.descriptor, TCOON)
        await writer.draw(["4%"])
        screen.show(try window.read(until: ProgressWriterTests.frameEnd))
        #expect(screen.lines == ["saved a", "saved b", "4%"])
        await writer.finish()
    }

    @Test func `a window that was closed stops the drawing and nothing else`() async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        let writer = writer(window)
        await writer.draw(["1%"])
        window.closeScreen()
        await writer.draw(["2%"])
        await writer.printAbove("saved a")
        await writer.draw(["3%"])
        await writer.finish()
    }

    @Test(arguments: ["dumb", ""])
    func `if the cursor cannot be moved only lines that stay are written`(
        term: String
    ) async throws {
        let window = try PseudoTerminal(columns: 40, rows: 10)
        let writer = ProgressWriter(Terminal(window.descriptor, environment: ["TERM": term]))
        await writer.draw(["1%"])
        await writer.printAbove("saved a")
        await writer.draw(["2%"])
        await writer.finish()
        #expect(try window.read(until: "\n") == "saved a\r\n")
        #expect(window.isSilent)
    }

    @Test func `a pipe gets the lines that stay, and may be closed`() async throws {
        let pipe = try PipeEnds()
        let writer = ProgressWriter(Terminal(pipe.writing, environment: ["TERM": "xterm"]))
        await writer.draw(["1%"])
        await writer.printAbove("saved a")
        #expect(pipe.text() == "saved a\n")
        pipe.closeReading()
        await writer.printAbove("saved b")
        await writer.finish()
    }
}
