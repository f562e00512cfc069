import CADMSystem
import Glibc

/// What this process tells and lends to others of the same user and to its own threads.
package enum OwnProcess {
    /// Keeps the memory of this process from being read by other processes of the user and from core
    /// dumps (prctl(2), `PR_SET_DUMPABLE`).
    package static func concealMemory() { adm_conceal_memory() }

    /// Its number (getpid(2)).
    package static var identifier: Int32 { getpid() }

    /// Masks secrets in the arguments of this process, as ps(1) shows them.
    ///
    /// Call it only once, while no other thread reads them. `letters` are the short options that take a
    /// value. User names and passwords of URLs, header fields and passwords of options are masked.
    ///
    /// - Returns: How many arguments were masked.
    package static func maskArguments(optionsWithValue letters: String) -> Int {
        Int(unsafe adm_mask_arguments(letters))
    }

    /// Limits the heaps that the threads of this process share (mallopt(3), `M_ARENA_MAX`).
    ///
    /// Call it only once, before other threads begin.
    package static func limitHeaps(_ count: Int) { adm_limit_heaps(Int32(clamping: count)) }

    /// The file mode creation mask of the calling thread, read without changing it (umask(2)).
    package static var creationMask: UInt32 { adm_umask() }
}
