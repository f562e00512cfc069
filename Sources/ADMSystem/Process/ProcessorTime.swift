import Glibc

/// The processor time of this process (clock_gettime(2), `CLOCK_PROCESS_CPUTIME_ID`).
package enum ProcessorTime {
    /// What all threads have used until now.
    package static var used: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
