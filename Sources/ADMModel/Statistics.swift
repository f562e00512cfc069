/// What the finished jobs of a time amount to.
public struct Statistics: Sendable, Hashable, Codable {
    /// The middle and the upper end of some times, in seconds.
    public struct Percentiles: Sendable, Hashable, Codable {
        /// Half of them are below.
        public var p50: Double
        /// Nineteen of twenty are below.
        public var p95: Double
        /// Ninety-nine of a hundred are below.
        public var p99: Double

        /// Takes the percentiles of some times; nil of none (nearest rank).
        public init?(_ times: [Double]) {
            guard !times.isEmpty else { return nil }
            let sorted = times.sorted()
            func rank(_ part: Double) -> Double {
                sorted[
                    max(
                        0,
                        min(
                            sorted.count - 1,
                            Int(saturating: (part * Double(sorted.count)).rounded(.up)) - 1
                        )
                    )
                ]
            }
            p50 = rank(0.5)
            p95 = rank(0.95)
            p99 = rank(0.99)
        }
    }

    /// One workspace, host or day.
    public struct Group: Sendable, Hashable, Codable {
        /// Its name.
        public var name: String
        /// How many jobs succeeded.
        public var succeeded = 0
        /// How many failed.
        public var failed = 0
        /// How many were cancelled.
        public var cancelled = 0
        /// The bytes of those that succeeded.
        public var bytes: Int64 = 0
        /// How many attempts were repeated.
        public var retries = 0
        /// How long jobs were ready before their first attempt.
        public var queueSeconds: Percentiles?
        /// How long bytes were fetched, of those that succeeded.
        public var transferSeconds: Percentiles?
        /// The seconds of all transfers together.
        public var slotSeconds = 0.0

        /// The part of the finished jobs, without cancelled ones, that succeeded; nil for none.
        public var successRate: Double? {
            let ended = succeeded + failed
            return ended > 0 ? Double(succeeded) / Double(ended) : nil
        }

        /// Creates an empty group.
        public init(name: String) { self.name = name }
    }

    /// The groups, by name.
    public var groups: [Group]
    /// All of them together.
    public var total: Group
    /// Jain's index of the slot-seconds over the weights of the workspaces that had any: 1 if all
    /// had the same, 1/n if one had everything; nil for fewer than two.
    public var fairness: Double?

    /// Puts statistics together.
    public init(groups: [Group], total: Group, fairness: Double? = nil) {
        self.groups = groups
        self.total = total
        self.fairness = fairness
    }
}
