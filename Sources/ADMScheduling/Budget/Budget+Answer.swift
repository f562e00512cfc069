package import ADMCatalog
package import ADMModel

extension Budget {
    /// The wish of an origin to be left alone.
    package struct CoolDown: Sendable, Hashable {
        /// Scheme, host and port, as they are written in URLs.
        package let origin: String
        /// For how long.
        package let milliseconds: Int64

        /// Creates a wish; times that are no times are none.
        package init(origin: String, seconds: Double) {
            self.origin = origin
            milliseconds = seconds > 0 ? Int64(min(86_400, seconds) * 1000) : 0
        }

        /// The wish that came with a failure; nil for none.
        package init?(_ failure: Failure) {
            guard failure.code == .remoteBusy, let seconds = failure.retryAfter,
                let origin = failure.askedBy
            else { return nil }
            self.init(origin: origin, seconds: seconds)
        }
    }

    /// What the ledger says to one workspace of this process.
    package struct Answer: Sendable {
        /// Slots that were just taken.
        package var granted: [Lease] = []
        /// Its slots that are to be given back.
        package var recalled: Set<Int64> = []
        /// Hosts that have all the transfers that they may have.
        package var busyHosts: Set<String> = []
        /// The origins that want to be left alone.
        package var coolDowns: [String: LedgerCoolDown] = [:]
        /// Whether it waits for a slot now.
        package var isWaiting = false
        /// Whether there is a limit of bytes a second for it.
        package var isRateLimited = false
        /// Whether other workspaces have or want slots, so that each is to be shared out anew.
        package var hasRivals = false
    }
}

extension Budget.Answer {
    /// The origins that nobody may ask now.
    var closed: Set<String> {
        let now = BootClock.now
        return Set(coolDowns.filter { $0.value.until > now }.keys)
    }
}
