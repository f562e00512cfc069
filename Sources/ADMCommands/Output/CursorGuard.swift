import Glibc
import Synchronization

/// Gives the terminal its cursor and its mode back when the process stops or ends while progress is drawn
/// or something is asked.
///
/// Ctrl-Z, Ctrl-\ and every deadly signal that nobody else handles do so and then do what they always do,
/// and so does exit(3). What the caller ignores stays ignored.
enum CursorGuard {
    /// Shows the cursor and lets lines wrap again (DECTCEM, DECAWM).
    static let restoring = "\u{1B}[?25h\u{1B}[?7h"

    /// How often the process was stopped; what was drawn before has moved since.
    static var stops: Int { stopCount.load(ordering: .relaxed) }

    /// Begins to guard a terminal, unless another one is guarded.
    static func begin(_ descriptor: Int32) {
        let (isFirst, _) = guarded.compareExchange(
            expected: -1,
            desired: descriptor,
            ordering: .sequentiallyConsistent
        )
        if isFirst { watch() }
    }

    /// Catches signals, also Ctrl-Z again after the process was stopped and went on.
    static func watch() {
        // Touched here because a signal handler must find them made.
        _ = stopCount.load(ordering: .relaxed)
        _ = guarded.load(ordering: .relaxed)
        _ = TerminalMode.isChanged
        _ = exitHook
        catchSignals()
    }

    /// Catches signals no more, unless something is still to be given back.
    static func unwatch() {
        guard guarded.load(ordering: .sequentiallyConsistent) < 0, !TerminalMode.isChanged else {
            return
        }
        for number in signals where isCaughtHere(number) { _ = signal(number, SIG_DFL) }
    }

    /// Ends the guard; the cursor is shown by the one who hid it.
    static func end(_ descriptor: Int32) {
        guard guarded.load(ordering: .relaxed) == descriptor else { return }
        guarded.store(-1, ordering: .sequentiallyConsistent)
        unwatch()
    }

    /// Gives everything back now, from any thread; for the way out that runs nothing else (_exit(2)).
    static func restore() {
        TerminalMode.restore()
        let descriptor = guarded.load(ordering: .relaxed)
        guard descriptor >= 0 else { return }
        // No allocation: this runs in signal handlers (signal-safety(7)).
        let bytes: StaticString = "\u{1B}[?25h\u{1B}[?7h"
        _ = unsafe write(descriptor, bytes.utf8Start, bytes.utf8CodeUnitCount)
    }

    private static let guarded = Atomic<Int32>(-1)
    fileprivate static let stopCount = Atomic<Int>(0)
    private static let exitHook: Void = { _ = atexit { CursorGuard.restore() } }()
    private static var signals: [Int32] {
        [SIGTSTP, SIGQUIT, SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2]
    }

    private static func catchSignals() {
        for number in signals {
            var action = sigaction()
            guard unsafe sigaction(number, nil, &action) == 0 else { continue }
            let isDefault = unsafe action.__sigaction_handler.sa_handler == nil
            // The Swift runtime catches SIGQUIT to print a backtrace, which asks for a key first.
            guard isDefault || (number == SIGQUIT && !isIgnored(action)) else { continue }
            _ = signal(number, showCursorAndPass)
        }
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func isCaughtHere(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0,
            let handler = unsafe action.__sigaction_handler.sa_handler
        else { return false }
        let mine: @convention(c) (Int32) -> Void = showCursorAndPass
        return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(mine, to: Int.self)
    }
}

/// Gives everything back, then lets the signal do what it does by default.
private func showCursorAndPass(_ number: Int32) {
    let saved = errno
    let wasAsking = TerminalMode.isChanged
    CursorGuard.restore()
    if wasAsking, number != SIGTSTP {
        let end: StaticString = "\r\n"
        _ = unsafe write(STDERR_FILENO, end.utf8Start, end.utf8CodeUnitCount)
    }
    if number == SIGTSTP { CursorGuard.stopCount.add(1, ordering: .relaxed) }
    _ = signal(number, SIG_DFL)
    // Takes effect when the handler returns, which is when the signal is let through again.
    raise(number)
    errno = saved
}
