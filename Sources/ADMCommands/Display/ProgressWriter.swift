import ADMModel
import ADMSystem
import Glibc
import Synchronization

/// Draws progress in place on a terminal, below the lines that stay.
///
/// Every frame is one write. If the stream is not a terminal, or one whose cursor cannot be moved,
/// nothing is drawn and only the lines that stay are written. A stream that nobody reads any more is
/// no failure: nothing is written from then on. While the person holds the output with Ctrl-S, or the
/// process runs in the background, frames are left out.
actor ProgressWriter {
    private enum State {
        case idle
        case drawing
        case ended
        /// The stream is gone.
        case lost
    }

    private let terminal: Terminal
    private let canRedraw: Bool
    private var state = State.idle
    private var frame: DrawnFrame
    private var stops = 0
    private var interjected = ProgressWriter.interjections.load(ordering: .relaxed)
    /// Lines that stay and could not be written while the output was held.
    private var held: [String] = []

    init(_ terminal: Terminal = .error) {
        self.terminal = terminal
        canRedraw = terminal.canRedraw
        frame = DrawnFrame(isRewrapped: terminal.rewrapsRows)
    }

    deinit {
        guard state == .drawing else { return }
        try? StandardStream(terminal.descriptor).write(CursorGuard.restoring)
        CursorGuard.end(terminal.descriptor)
    }

    /// Runs `body` with a writer that leaves a clean terminal however `body` ends.
    static func drawing<Result>(
        on terminal: Terminal = .error,
        _ body: (ProgressWriter) async throws -> Result
    ) async rethrows -> Result {
        let writer = ProgressWriter(terminal)
        do {
            let result = try await body(writer)
            await writer.finish()
            return result
        } catch {
            await writer.finish()
            throw error
        }
    }

    /// Replaces what is drawn by these lines.
    ///
    /// Lines are cut to one column less than the terminal has, and the first ones left out if
    /// there are too many, because a frame that wraps or scrolls cannot be replaced.
    func draw(_ lines: [String]) {
        guard canRedraw, state == .idle || state == .drawing else { return }
        ProgressWriter.questions.withLock { open in
            guard open == 0, mayDraw() else { return }
            let size = terminal.size
            let next = fitted(lines, to: size)
            guard next != frame.lines || size != frame.size || !held.isEmpty else { return }
            write(above: held, frame: next, size: size)
        }
    }

    /// Writes a line that stays, above what is drawn.
    ///
    /// It may hold colour, but no other control character; it may be longer than a row.
    func printAbove(_ line: String) {
        guard canRedraw, state == .drawing else {
            if state != .lost { put(line + "\n") }
            return
        }
        held.append(line)
        ProgressWriter.questions.withLock { open in
            guard open == 0, terminal.takesOutput else { return }
            forgetFrameAfterStop()
            let size = terminal.size
            write(above: held, frame: fitted(frame.lines, to: size), size: size)
        }
    }

    /// Ends the drawing, with the cursor below what stays: the lines that stay and, if
    /// `keepingFrame` says so, the last frame.
    ///
    /// Afterwards nothing more is drawn. Calling it again does nothing.
    func finish(keepingFrame: Bool = false) {
        guard state == .drawing else {
            if state == .idle { state = .ended }
            return
        }
        forgetFrameAfterStop()
        let size = terminal.size
        write(above: held, frame: keepingFrame ? fitted(frame.lines, to: size) : [], size: size)
        if state == .drawing { put(CursorGuard.restoring) }
        CursorGuard.end(terminal.descriptor)
        frame = DrawnFrame(isRewrapped: terminal.rewrapsRows)
        if state == .drawing { state = .ended }
    }

    /// Writes lines to standard error from any thread, also while something is drawn there; the next
    /// frame is drawn below them.
    static func interject(_ lines: [String]) {
        // Where the cursor is hidden, it stands below the last frame, and what is there goes up.
        let end = Terminal.error.canRedraw ? "\r\n" : "\n"
        // Nobody may be reading, which is no reason to fail.
        try? StandardStream.error.write(URLMask.mask(lines.joined(separator: end)) + end)
        interjections.add(1, ordering: .relaxed)
    }

    /// Draws nothing while a person is asked something; the next frame is drawn below that.
    static func asking<Result>(_ body: () async -> Result) async -> Result {
        questions.withLock { $0 += 1 }
        if Terminal.error.canRedraw {
            try? StandardStream.error.write(CursorGuard.restoring)
        }
        let result = await body()
        interjections.add(1, ordering: .relaxed)
        questions.withLock { $0 -= 1 }
        return result
    }

    /// How many questions are open.
    private static let questions = Mutex(0)

    /// How often something else was written; what was drawn before has moved since.
    private static let interjections = Atomic<Int>(0)

    private func mayDraw() -> Bool {
        forgetFrameAfterStop()
        guard terminal.isForeground else {
            // The shell writes there now; nobody knows where the last frame is.
            frame = DrawnFrame(isRewrapped: terminal.rewrapsRows)
            return false
        }
        return terminal.takesOutput
    }

    private func forgetFrameAfterStop() {
        let others = ProgressWriter.interjections.load(ordering: .relaxed)
        if others != interjected {
            interjected = others
            frame = DrawnFrame(isRewrapped: terminal.rewrapsRows)
        }
        guard state == .drawing, CursorGuard.stops != stops else { return }
        stops = CursorGuard.stops
        frame = DrawnFrame(isRewrapped: terminal.rewrapsRows)
        CursorGuard.watch()
    }

    private func fitted(_ lines: [String], to size: Terminal.Size) -> [String] {
        lines.suffix(max(0, size.rows - 1)).map { StyledText.clipped($0, to: size.columns - 1) }
    }

    private func write(above: [String], frame next: [String], size: Terminal.Size) {
        if state == .idle {
            state = .drawing
            stops = CursorGuard.stops
            CursorGuard.begin(terminal.descriptor)
        }
        var text = "\u{1B}[?25l\r"
        let up = frame.rows(in: size)
        if size != frame.size || !above.isEmpty {
            // Row by row: some terminals keep in their history what is cleared at once.
            text += String(repeating: "\u{1B}[2K\u{1B}[A", count: up) + "\u{1B}[2K\u{1B}[J"
        } else if up > 0 {
            // Overwriting does not flicker.
            text += "\u{1B}[\(up)A"
        }
        for line in above { text += line + "\r\n" }
        // A character that is wider than was thought must not push the rest into the next row.
        text += "\u{1B}[?7l"
        for line in next { text += line + "\u{1B}[K\r\n" }
        text += "\u{1B}[J\u{1B}[?7h"
        held = []
        frame.replace(with: next, in: size, isBelowOthers: !above.isEmpty)
        put(text)
    }

    private func put(_ text: String) {
        do { try StandardStream(terminal.descriptor).write(text) } catch {
            CursorGuard.end(terminal.descriptor)
            state = .lost
        }
    }
}
