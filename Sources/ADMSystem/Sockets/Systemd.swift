import ADMModel
import Glibc

/// What systemd is told, and what it hands over (sd_notify(3), sd_listen_fds(3)), without its library.
package struct Systemd: Sendable {
    private let address: UnixSocketAddress?
    /// How often systemd wants to hear that the process lives: at least twice in this time; nil for never.
    package let watchdog: Duration?
    /// The descriptors of listening sockets that systemd opened.
    package let sockets: [Int32]

    /// Reads what systemd put into the environment; variables for another process do not count.
    package init(environment: [String: String], process: Int32 = getpid()) {
        address = environment["NOTIFY_SOCKET"].flatMap(UnixSocketAddress.init)
        func isMine(_ name: String) -> Bool {
            environment[name].map { Int64(digits: $0) == Int64(process) } ?? true
        }
        let span = environment["WATCHDOG_USEC"].flatMap { Int64(digits: $0) } ?? 0
        watchdog = span > 0 && isMine("WATCHDOG_PID") ? .microseconds(span) : nil
        let count = environment["LISTEN_FDS"].flatMap { Int64(digits: $0) } ?? 0
        // The first one is number 3; more than some tens are a mistake.
        let isGiven = environment["LISTEN_PID"] != nil && isMine("LISTEN_PID")
        sockets = isGiven && (1...64).contains(count) ? (0..<Int32(count)).map { 3 + $0 } : []
        for socket in sockets { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
    }

    /// Tells systemd something, such as `READY=1`; without systemd nothing happens.
    package func notify(_ text: String) {
        guard let address else { return }
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        defer { close(number) }
        let bytes = Array(text.utf8)
        unsafe address.withAddress { pointer, length in
            _ = unsafe bytes.withUnsafeBytes {
                unsafe sendto(number, $0.baseAddress, $0.count, 0, pointer, length)
            }
        }
    }

    /// Says that files are read again; `READY=1` ends that.
    package func notifyReloading() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\n")
    }
}
