import ADMModel

/// Decides how many connections a transfer should have: more while each further one pays.
///
/// A pure value. The owner reports all bytes at regular times and asks for the number.
package struct ConnectionRamp: Sendable {
    /// The number of connections wanted now.
    package private(set) var wanted = 1
    /// Whether the number is being tried out, so that reports should come often.
    package var isGrowing: Bool { wanted < limit && restingSince == nil }

    /// The most connections, which the server and the settings allow.
    private var most: Int
    /// How many may be had now, because others need theirs.
    private var allowed = Int.max
    /// The most connections that it may have now.
    package var limit: Int { max(1, min(most, allowed)) }
    private var stage: Stage?
    /// The number and speed before the last growth.
    private var before: (count: Int, speed: Double)?
    private var restingSince: ContinuousClock.Instant?

    private struct Stage {
        let begin: ContinuousClock.Instant
        let bytes: Int64
    }

    /// More connections must raise the speed by this factor to be kept.
    private static let worthwhile = 1.1
    /// The shortest time over which a speed is measured.
    private static let shortest = Duration.milliseconds(25)
    /// How long after the last attempt growing is tried again: a path may have become free.
    private static let rest = Duration.seconds(5)
    /// From this round trip on, every step of growth costs so much that more begin at once.
    private static let far = Duration.milliseconds(20)

    /// What one request is at least for.
    ///
    /// A file that is not several times as long comes with its first request. From afar half a MiB takes
    /// six round trips, two of them until its first byte.
    private static func piece(roundTrip: Duration) -> Int64 {
        roundTrip >= ConnectionRamp.far ? 524_288 : 1_048_576
    }

    /// How many connections bytes could use, with pieces of half a MiB or more, at most `limit`.
    package static func mostConnections(bytesMissing: Int64, minimum: Int64, limit: Int) -> Int {
        let pieces = Int(clamping: bytesMissing / max(piece(roundTrip: far), minimum))
        return max(1, min(limit, pieces))
    }

    /// Starts with one connection and never asks for more than `limit`.
    package init(limit: Int) { most = max(1, limit) }

    /// Takes how many connections may be had now.
    package mutating func allow(_ count: Int) {
        // What was measured while there were none to be had says nothing.
        if count > allowed, wanted >= limit { restingSince = nil }
        allowed = count
        wanted = min(wanted, limit)
    }

    /// Takes the first answer: a near server gets half of the connections that are allowed, between
    /// four and eight, a far one all up to sixteen, as far as pieces of a MiB, half a MiB from a far one,
    /// or of `minimum` bytes suffice.
    package mutating func begin(
        bytesMissing: Int64,
        minimum: Int64,
        roundTrip: Duration,
        at now: ContinuousClock.Instant
    ) {
        let first = roundTrip >= ConnectionRamp.far ? 16 : max(4, min(8, limit / 2))
        let piece = max(ConnectionRamp.piece(roundTrip: roundTrip), minimum)
        let pieces = Int(clamping: bytesMissing / piece)
        wanted = max(1, min(limit, first, pieces))
        stage = Stage(begin: now, bytes: 0)
    }

    /// How many of the bytes that nobody fetches one request should be for: a near server gets more requests than
    /// connections, so that faster ones fetch more; with a far one each request costs a round trip.
    package func piece(of bytes: Int64, roundTrip: Duration) -> Int64 {
        let requests = Int64(roundTrip >= ConnectionRamp.far ? wanted : 4 * wanted)
        return max(
            ConnectionRamp.piece(roundTrip: roundTrip),
            (bytes + requests - 1) / requests
        )
    }

    /// Reports how many bytes this run has fetched so far, and decides.
    ///
    /// Grows by doubling, as long as that gave at least a tenth more; what gave less is taken back, and
    /// tried again after a rest. A transfer that is about to end is left alone: a new connection would
    /// not be up to speed before the end.
    package mutating func report(
        bytes: Int64,
        bytesMissing: Int64,
        roundTrip: Duration,
        at now: ContinuousClock.Instant
    ) {
        guard let stage else { return }
        let length = stage.begin.duration(to: now)
        if let restingSince {
            guard restingSince.duration(to: now) >= ConnectionRamp.rest else { return }
        }
        guard length >= max(ConnectionRamp.shortest, roundTrip * 2) else { return }
        let speed = Double(bytes - stage.bytes) / length.seconds
        self.stage = Stage(begin: now, bytes: bytes)
        guard speed > 0 else { return }
        if let before, speed < before.speed * ConnectionRamp.worthwhile {
            wanted = min(wanted, before.count)
            self.before = nil
            restingSince = now
            return
        }
        let isEnding = Double(bytesMissing) / speed < max(roundTrip * 4, .milliseconds(50)).seconds
        guard wanted < limit, !isEnding else { return }
        before = (wanted, speed)
        wanted = min(limit, restingSince == nil ? wanted * 2 : wanted + (wanted + 1) / 2)
        restingSince = nil
    }

    /// Lowers the number because the server objected; it does not grow again.
    package mutating func restrict(to count: Int) {
        most = max(1, min(most, count))
        wanted = min(wanted, limit)
    }
}
