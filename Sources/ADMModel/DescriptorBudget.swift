import Glibc

/// How many files and connections a process may have open, and what it may do with them.
///
/// Event loops need three descriptors each and cannot say that there are too few; a job needs one for
/// its part file and one for each connection.
package struct DescriptorBudget: Sendable, Hashable {
    /// The least that any command needs.
    package static let least = 48
    /// What databases, locks, signals and messages need.
    private static let base = 32

    /// The most that may be open at once (getrlimit(2), `RLIMIT_NOFILE`).
    package let limit: Int

    /// Takes the limit.
    package init(limit: Int) { self.limit = limit }

    /// What this process may have.
    package static var ofProcess: DescriptorBudget {
        var limits = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return DescriptorBudget(limit: 1024)
        }
        return DescriptorBudget(limit: Int(clamping: limits.rlim_cur))
    }

    /// Raises the limit of this process as far as it may, up to as many as adm could ever use.
    package static func raise() {
        var limits = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return
        }
        let wanted = min(limits.rlim_max, 65_536)
        guard limits.rlim_cur < wanted else { return }
        limits.rlim_cur = wanted
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    /// Checks that there are enough for a command.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package func check() throws(Failure) {
        guard limit < DescriptorBudget.least else { return }
        throw Failure(
            .storage,
            "this process may have only \(limit) files open at once, and adm needs"
                + " \(DescriptorBudget.least)",
            hint: "raise the limit, for example with: ulimit -n 1024"
        )
    }

    /// How many event loops there may be on a machine with `cores` cores.
    package func loops(cores: Int) -> Int { max(1, min(cores, limit / 32)) }

    /// How many jobs may run at once.
    package var jobs: Int { max(1, (max(0, limit) - DescriptorBudget.base) / 6) }

    /// How many connections one job may have.
    package var connections: Int { max(1, (max(0, limit) - DescriptorBudget.base) / 4) }
}
