import ADMModel
import Glibc
import Testing

@testable import ADMCommands

@Suite struct TerminalTests {
    @Test func `the window's size is asked for each time`() throws {
        let screen = try PseudoTerminal(columns: 120, rows: 30)
        let terminal = Terminal(screen.descriptor, environment: ["COLUMNS": "50", "LINES": "5"])
        #expect(terminal.isTerminal)
        #expect(terminal.size == Terminal.Size(columns: 120, rows: 30))
        screen.resize(columns: 33, rows: 7)
        #expect(terminal.size == Terminal.Size(columns: 33, rows: 7))
        screen.resize(columns: 0, rows: 0)
        #expect(terminal.size == Terminal.Size(columns: 50, rows: 5))
    }

    @Test func `without a window COLUMNS and LINES count, then 80 and 24`() throws {
        let pipe = try PipeEnds()
        func size(_ environment: [String: String]) -> Terminal.Size {
            Terminal(pipe.writing, environment: environment).size
        }
        #expect(size(["COLUMNS": "50", "LINES": "5"]) == Terminal.Size(columns: 50, rows: 5))
        #expect(size([:]) == Terminal.Size(columns: 80, rows: 24))
        #expect(size(["COLUMNS": "wide", "LINES": "0"]) == Terminal.Size(columns: 80, rows: 24))
        #expect(!Terminal(pipe.writing, environment: ["TERM": "xterm"]).canRedraw)
    }

    @Test(arguments: [
        (["TERM": "xterm"], true), (["TERM": "dumb"], false), ([:], false),
        (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "xterm", "NO_COLOR": ""], true),
        (["TERM": "xterm", "CLICOLOR": "0"], false),
        (["TERM": "dumb", "CLICOLOR_FORCE": "1"], true),
        (["TERM": "dumb", "CLICOLOR_FORCE": "0"], false),
        (["TERM": "xterm", "NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false),
    ])
    func `in a terminal the environment decides on colour`(
        environment: [String: String],
        expected: Bool
    ) throws {
        let screen = try PseudoTerminal(columns: 80, rows: 24)
        let terminal = Terminal(screen.descriptor, environment: environment)
        #expect(terminal.usesColor(.auto) == expected)
        #expect(terminal.usesColor(.always))
        #expect(!terminal.usesColor(.never))
    }

    @Test func `elsewhere there is no colour unless it is forced`() throws {
        let pipe = try PipeEnds()
        func usesColor(_ environment: [String: String]) -> Bool {
            Terminal(pipe.writing, environment: environment).usesColor(.auto)
        }
        #expect(!usesColor(["TERM": "xterm"]))
        #expect(usesColor(["TERM": "xterm", "CLICOLOR_FORCE": "1"]))
    }

    @Test(arguments: [
        (["LANG": "en_GB.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "C"], false),
        ([:], false), (["LC_ALL": "C", "LANG": "en_GB.UTF-8"], false),
        (["LC_ALL": "", "LANG": "en_GB.UTF-8"], true),
        (["LC_CTYPE": "de_DE.UTF-8", "LANG": "C"], true),
        (["LANG": "en_GB.UTF-8", "TERM": "linux"], false),
        (["LANG": "de_DE.ISO-8859-1"], false),
    ])
    func `the locale decides on Unicode`(environment: [String: String], expected: Bool) {
        #expect(Terminal(2, environment: environment).usesUnicode == expected)
    }

    @Test(arguments: [
        (["TERM": "xterm-256color"], true), (["TERM": "tmux-256color", "TMUX": "x"], true),
        (["TERM": "screen", "TMUX": "x"], true), (["TERM": "screen.xterm"], false),
        (["TERM": "xterm-256color", "XTERM_VERSION": "XTerm(379)"], false),
        (["TERM": "linux"], false), (["TERM": "st-256color"], false),
    ])
    func `some terminals cut rows where others wrap them`(
        environment: [String: String],
        expected: Bool
    ) {
        #expect(Terminal(2, environment: environment).rewrapsRows == expected)
    }
}
