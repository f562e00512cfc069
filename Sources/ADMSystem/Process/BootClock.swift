import Glibc

/// Milliseconds since the machine started, suspended time included (clock_gettime(2),
/// `CLOCK_BOOTTIME`): the same in every process, and nobody can set it.
package enum BootClock {
    /// The time of this moment.
    package static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A text that changes with every start of the machine; empty if the kernel tells none.
    package static let bootIdentity: String = {
        let bytes = SystemFile.read("/proc/sys/kernel/random/boot_id") ?? []
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }()
}
