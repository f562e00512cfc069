/// The next jobs of a queue, one for each origin.
package struct QueueHead: Sendable, Hashable {
    /// One job.
    package struct Entry: Sendable, Hashable {
        /// Its number.
        package var number: Int64
        /// Where it fetches from.
        package var host: String
        /// The same with scheme and port, as it is written in URLs.
        package var origin: String
        /// With how many connections it would begin.
        package var connections: Int

        /// Names a job.
        package init(number: Int64, host: String, origin: String, connections: Int = 1) {
            self.number = number
            self.host = host
            self.origin = origin
            self.connections = connections
        }
    }

    /// The most urgent job of each origin, the most urgent first.
    package var entries: [Entry] = []
    /// The sort key of the first one.
    package var sortKey: Int64 = 0
    /// How many jobs are ready, counted up to the limit.
    package var count = 0

    /// Makes an empty head.
    package init() {}
}
