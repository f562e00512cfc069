import ADMModel
import Foundation
import Glibc
import Testing

@testable import ADMCommands

@Suite struct ConsoleTests {
    @Test func `lines and JSON arrive`() throws {
        let pipe = try PipeEnds()
        let console = Console(descriptor: pipe.writing)
        try console.write(lines: ["a", "b"])
        try console.write(line: "c")
        try console.write(json: ["path": "/tmp/x"])
        #expect(pipe.text() == "a\nb\nc\n{\n  \"path\" : \"/tmp/x\"\n}\n")
        #expect(console.isOpen)
    }

    @Test func `a reader that left is no failure`() throws {
        let pipe = try PipeEnds()
        let console = Console(descriptor: pipe.writing)
        pipe.closeReading()
        try console.write(line: "a")
        #expect(!console.isOpen)
        try console.write(lines: ["b", "c"])
    }

    @Test func `a window that was closed is no failure`() throws {
        let window = try PseudoTerminal(columns: 80, rows: 24)
        let console = Console(descriptor: window.descriptor)
        window.closeScreen()
        try console.write(line: "a")
        #expect(!console.isOpen)
    }

    @Test func `a full disk is a failure`() throws {
        let descriptor = unsafe open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let failure = try #require(throws: Failure.self) {
            try Console(descriptor: descriptor).write(line: "a")
        }
        #expect(failure.code == .noSpace)
    }

    @Test func `a reader that is slow gets everything`() async throws {
        let pipe = try PipeEnds()
        let console = Console(descriptor: pipe.writing)
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let line = String(repeating: "x", count: 9999)
        let expected = 100 * 10_000
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var count = 0
                while count < expected { count += pipe.text().utf8.count }
                return count
            }
            try console.write(lines: Array(repeating: line, count: 100))
            return try await group.next()
        }
        #expect(count == expected)
    }
}
