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

    /// A text that changes with every start of the machine; empty where the kernel tells none.
    static var bootIdentity: String {
        guard let file = unsafe fopen("/proc/sys/kernel/random/boot_id", "re") else { return "" }
        defer { unsafe fclose(file) }
        var buffer = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&buffer, 64, file) != nil else { return "" }
        return String(
            decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
