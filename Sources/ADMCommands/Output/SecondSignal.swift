import ADMEngine
import ADMModel
import Glibc

/// What happens when somebody asks to stop a second time: the process ends, whatever its threads wait for.
enum SecondSignal {
    /// After a first signal the next SIGINT, SIGTERM or SIGHUP ends the process; those that the caller
    /// ignores stay ignored.
    @Sendable static func arm(after first: Interruption.Signal) async {
        for number in [SIGINT, SIGTERM, SIGHUP] where !CallerSignals.ignored.contains(number) {
            _ = signal(number, endAtOnce)
        }
    }

    /// Ends the process at once, with a usable terminal.
    @Sendable static func end(_ signal: Interruption.Signal) { endProcess(signal.exitCode) }

    /// What is said when a signal asks to stop; `work` is what is done before the end.
    static func notice(_ signal: Interruption.Signal, _ work: String) -> String {
        signal == .interrupt
            ? "stopping: \(work); press Ctrl-C again to end at once"
            : "stopping: \(work); a second signal ends at once"
    }
}

/// The handler; nothing in it allocates or waits (signal-safety(7)).
private func endAtOnce(_ number: Int32) { endProcess(128 + number) }

private func endProcess(_ status: Int32) -> Never {
    CursorGuard.restore()
    // The terminal has shown ^C in the line that the prompt would come into.
    if isatty(STDERR_FILENO) == 1 {
        let end: StaticString = "\r\n"
        _ = unsafe write(STDERR_FILENO, end.utf8Start, end.utf8CodeUnitCount)
    }
    _exit(status)
}
