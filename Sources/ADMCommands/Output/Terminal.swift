import ADMModel
import Foundation
import Glibc

/// What a stream leads to, and what may be written to it.
struct Terminal: Sendable {
    /// The stream.
    let descriptor: Int32
    private let environment: [String: String]

    /// Takes a stream; nothing is asked before it is needed.
    init(
        _ descriptor: Int32,
        environment: [String: String] = ProcessEnvironment.variables
    ) {
        self.descriptor = descriptor
        // An empty variable counts as unset, everywhere.
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// Standard output.
    static var output: Terminal { Terminal(STDOUT_FILENO) }
    /// Standard error.
    static var error: Terminal { Terminal(STDERR_FILENO) }

    /// The visible part of a terminal.
    struct Size: Sendable, Hashable {
        /// Characters in a row.
        var columns: Int
        /// Rows.
        var rows: Int
    }

    /// Whether a person may be looking at it (isatty(3)).
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether the cursor can be moved, so that lines can be updated in place.
    var canRedraw: Bool { isTerminal && !isDumb }

    /// The size of the window now (ioctl_tty(2), `TIOCGWINSZ`), else what `COLUMNS` and `LINES` say,
    /// else 80 × 24.
    var size: Size {
        var window = winsize()
        let asked = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &window)
        let known = asked == 0
        return Size(
            columns: known && window.ws_col > 0 ? Int(window.ws_col) : number("COLUMNS") ?? 80,
            rows: known && window.ws_row > 0 ? Int(window.ws_row) : number("LINES") ?? 24
        )
    }

    /// Whether the process may draw on it: not while it runs in the background of a shell.
    var isForeground: Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    /// Whether a write would be taken at once; false while the person holds the output with Ctrl-S.
    var takesOutput: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, 0) == 1
    }

    /// Whether colour is used.
    ///
    /// With `auto`: not if `NO_COLOR` is set (no-color.org), else if `CLICOLOR_FORCE` is set and
    /// not 0, else in a terminal, unless `TERM` is `dumb` or `CLICOLOR` is 0 (bixense.com/clicolors).
    func usesColor(_ choice: ColorChoice) -> Bool {
        switch choice {
        case .always: return true
        case .never: return false
        case .auto:
            if environment["NO_COLOR"] != nil { return false }
            if let force = environment["CLICOLOR_FORCE"], force != "0" { return true }
            return canRedraw && environment["CLICOLOR"] != "0"
        }
    }

    /// Whether characters outside ASCII are understood: the locale's encoding is UTF-8, and it is not
    /// the kernel's console, whose font lacks the blocks that bars are made of.
    var usesUnicode: Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        guard environment["TERM"] != "linux",
            let locale = names.lazy.compactMap({ environment[$0] }).first?.lowercased()
        else { return false }
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Whether the terminal wraps rows that are too long after its window became narrower, as nearly
    /// all do; xterm, st, GNU screen and the kernel's console cut them.
    var rewrapsRows: Bool {
        let name = environment["TERM"] ?? ""
        if environment["TMUX"] != nil { return true }
        if environment["XTERM_VERSION"] != nil, name.hasPrefix("xterm") { return false }
        return !["screen", "st-", "linux"].contains { name.hasPrefix($0) } && name != "st"
    }

    private var isDumb: Bool { (environment["TERM"] ?? "dumb") == "dumb" }

    private func number(_ name: String) -> Int? {
        guard let value = environment[name].flatMap({ Int($0) }), (1...10_000).contains(value)
        else { return nil }
        return value
    }
}
