import ADMCatalog
public import ADMModel
import ADMSystem

/// What a process says while it waits for another one.
public enum WaitReports {
    /// Tells somebody of every wait for another process that has lasted two seconds.
    ///
    /// A report is a ``Failure`` with `locked` that nobody throws: its message says what is waited for and
    /// who has it, its hint what can be done. At most one takes them, and on whatever thread waits.
    public static func send(to report: @escaping @Sendable (Failure) -> Void) {
        LongWaits.report(to: report)
    }
}
