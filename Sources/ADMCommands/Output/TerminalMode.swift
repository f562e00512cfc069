import Glibc
import Synchronization

/// Another mode of the terminal on standard input for a while, for example one that does not show what is
/// typed.
///
/// A function that changes it restores it; if the process stops or ends before, ``CursorGuard`` does.
enum TerminalMode {
    // Made once and never freed, because a signal handler reads it.
    private nonisolated(unsafe) static let original =
        UnsafeMutablePointer<termios>.allocate(capacity: 1)
    private static let changed = Atomic<Bool>(false)

    /// Whether the mode is another one than it was.
    static var isChanged: Bool { changed.load(ordering: .sequentiallyConsistent) }

    /// Changes the mode that the terminal had, also once more after the process was stopped and went on.
    ///
    /// - Returns: false if standard input is not a terminal.
    static func change(_ change: (inout termios) -> Void) -> Bool {
        var attributes = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &attributes) == 0 else { return false }
        if !isChanged { unsafe original.initialize(to: attributes) }
        changed.store(true, ordering: .sequentiallyConsistent)
        CursorGuard.watch()
        attributes = unsafe original.pointee
        change(&attributes)
        return unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &attributes) == 0
    }

    /// Gives the mode back.
    static func end() {
        restore()
        changed.store(false, ordering: .sequentiallyConsistent)
        CursorGuard.unwatch()
    }

    /// Gives the mode back for now, from any thread and in signal handlers (signal-safety(7)).
    static func restore() {
        guard isChanged else { return }
        // What was typed for a question is not for the next reader.
        tcflush(STDIN_FILENO, TCIFLUSH)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, original)
    }
}
