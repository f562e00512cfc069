import Glibc

/// The signals that the caller of the process ignores, as nohup(1) does SIGHUP and a shell without job
/// control SIGINT and SIGQUIT for what it runs in the background.
///
/// They stay ignored, here and in children.
public enum CallerSignals {
    /// Their numbers; looked at once, before adm itself ignores or catches any.
    public static let ignored: Set<Int32> = {
        var ignored: Set<Int32> = []
        let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        for number: Int32 in 1...64 {
            var action = sigaction()
            guard unsafe sigaction(number, nil, &action) == 0 else { continue }
            let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            if handler == ignoring { ignored.insert(number) }
        }
        return ignored
    }()

    /// Looks at them now: the first thing that a program does.
    public static func note() { _ = ignored }
}
