import Glibc
import Synchronization

/// Gives the terminal its cursor back when the process stops or ends while progress is drawn.
///
/// Ctrl-Z, Ctrl-\ and every deadly signal that nobody else handles show the cursor and then do what
/// they always do, and so does exit(3).
enum CursorGuard {
    /// Shows the cursor and lets lines wrap again (DECTCEM, DECAWM).
    static let restoring = "\u{1B}[?25h\u{1B}[?7h"

    /// How often the process was stopped; what was drawn before has moved since.
    static var stops: Int { stopCount.load(ordering: .relaxed) }

    /// Begins to guard a terminal, unless another one is guarded.
    static func begin(_ descriptor: Int32) {
        // Touched here because a signal handler must find them made.
        _ = stopCount.load(ordering: .relaxed)
        _ = exitHook
        let (isFirst, _) = guarded.compareExchange(
            expected: -1,
            desired: descriptor,
            ordering: .sequentiallyConsistent
        )
        if isFirst { catchSignals() }
    }

    /// Catches Ctrl-Z again after the process was stopped and went on.
    static func renew() { catchSignals() }

    /// Ends the guard; the cursor is shown by the one who hid it.
    static func end(_ descriptor: Int32) {
        guard guarded.load(ordering: .relaxed) == descriptor else { return }
        for number in signals where isCaughtHere(number) { _ = signal(number, SIG_DFL) }
        guarded.store(-1, ordering: .sequentiallyConsistent)
    }

    /// Shows the cursor now, from any thread; for the way out that runs nothing else (_exit(2)).
    static func restore() {
        let descriptor = guarded.load(ordering: .relaxed)
        guard descriptor >= 0 else { return }
        // No allocation: this runs in signal handlers (signal-safety(7)).
        let bytes: StaticString = "\u{1B}[?25h\u{1B}[?7h"
        _ = unsafe write(descriptor, bytes.utf8Start, bytes.utf8CodeUnitCount)
    }

    private static let guarded = Atomic<Int32>(-1)
    fileprivate static let stopCount = Atomic<Int>(0)
    private static let exitHook: Void = { _ = atexit { CursorGuard.restore() } }()
    private static var signals: [Int32] { [SIGTSTP, SIGQUIT, SIGINT, SIGTERM, SIGHUP] }

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

/// Shows the cursor, then lets the signal do what it does by default.
private func showCursorAndPass(_ number: Int32) {
    let saved = errno
    CursorGuard.restore()
    if number == SIGTSTP { CursorGuard.stopCount.add(1, ordering: .relaxed) }
    _ = signal(number, SIG_DFL)
    // Takes effect when the handler returns, which is when the signal is let through again.
    raise(number)
    errno = saved
}
