import Glibc

/// What downloads leave in the kernel's page cache.
///
/// A file that was just fetched is often used next, so it may stay there. One that is as large as memory
/// would drive out everything else and then itself.
package enum PageCache {
    /// The memory of this machine, in bytes.
    private static let memory =
        Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))

    /// Whether a file of this length, in bytes, is not to stay in memory: a quarter of it or more.
    package static func isFlooded(by length: Int64) -> Bool { length >= memory / 4 }
}
