import ADMModel

/// Decides how many connections a transfer should have: more while each further one pays.
///
/// A pure value. The owner reports all bytes and the processor time of the process at regular times and asks for
/// the number. A near server begins with one connection, which is watched for a moment: if it keeps a
/// processor busy, others are tried with a little each and have to bring more than they cost; if not, the server
/// or the network is what limits it, and many begin at once.
///
/// Measured with 1 GiB from a server on the same machine with two cores, 2026-11-30: one connection 0.71 s and 0.65 s
/// of processor time, two 0.76 s and 0.81 s, eight 0.84 s and 1.02 s, because they wait for each other to write into
/// the same file and for the memory.
package struct ConnectionRamp: Sendable {
    /// The number of connections wanted now.
    package private(set) var wanted = 1
    /// Whether the only connection is watched before others are wanted.
    package private(set) var isProbing = false
    /// How many bytes a further connection is asked for while it is tried out; nil for as many as it can get.
    package private(set) var trial: Int64?
    /// Whether the number is being tried out, so that reports should come often.
    package var isGrowing: Bool { wanted < limit && restingSince == nil }

    /// The most connections, which the server and the settings allow.
    private var most: Int
    /// How many may be had now, because others need theirs.
    private var allowed = Int.max
    /// The most connections that it may have now.
    package var limit: Int { max(1, min(most, allowed)) }
    /// How many begin at once if the first one is not limited by this machine.
    private var first = 1
    private var stage: Stage?
    /// The number, and what it gave, before the last growth.
    private var before: (count: Int, gave: Yield)?
    private var restingSince: ContinuousClock.Instant?

    private struct Stage {
        let begin: ContinuousClock.Instant
        let bytes: Int64
        let processorTime: Duration
    }

    /// What some connections give, and what they cost.
    private struct Yield {
        /// Bytes a second.
        let speed: Double
        /// How many processors are busy with it, and with what else the process does.
        let load: Double

        /// Whether more connections, which gave `other`, are worth it.
        func isWorth(_ other: Yield) -> Bool {
            let gain = other.speed / speed
            // If the processors are idle, the time that one byte takes there does not matter.
            guard other.load >= ConnectionRamp.busy else {
                return gain >= ConnectionRamp.worthwhile
            }
            return gain >= ConnectionRamp.worthwhileBusy && gain * gain >= other.load / load
        }
    }

    /// How long the first connection to a near server is watched.
    package static let probe = Duration.milliseconds(10)
    /// More connections must raise the speed by this factor to be kept.
    private static let worthwhile = 1.1
    /// By this one if they cost processor time that others need.
    private static let worthwhileBusy = 1.25
    /// From this many busy processors on, a connection may be limited by this machine.
    private static let busy = 0.5
    /// The shortest time over which a speed is measured.
    private static let shortest = Duration.milliseconds(25)
    /// How long after the last attempt growing is tried again: a path may have become free.
    private static let rest = Duration.seconds(5)
    /// Up to this round trip, with a connection made, a server is so near that watching the first connection
    /// costs less than others that are not needed.
    private static let near = Duration.milliseconds(10)
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

    /// Takes the first answer.
    ///
    /// A server that is not far gets half of the connections that are allowed, between
    /// four and eight, a far one all up to sixteen, as far as pieces of a MiB, half a MiB from a far one,
    /// or of `minimum` bytes suffice. At a near one the first is watched before.
    package mutating func begin(
        bytesMissing: Int64,
        minimum: Int64,
        roundTrip: Duration,
        processorTime: Duration,
        at now: ContinuousClock.Instant
    ) {
        let most = roundTrip >= ConnectionRamp.far ? 16 : max(4, min(8, limit / 2))
        let piece = max(ConnectionRamp.piece(roundTrip: roundTrip), minimum)
        let pieces = Int(clamping: bytesMissing / piece)
        first = max(1, min(limit, most, pieces))
        isProbing = first > 1 && roundTrip <= ConnectionRamp.near
        wanted = isProbing ? 1 : first
        stage = Stage(begin: now, bytes: 0, processorTime: processorTime)
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
        processorTime: Duration,
        at now: ContinuousClock.Instant
    ) {
        guard let stage else { return }
        let length = stage.begin.duration(to: now)
        if let restingSince {
            guard restingSince.duration(to: now) >= ConnectionRamp.rest else { return }
        }
        let least = isProbing ? ConnectionRamp.probe : max(ConnectionRamp.shortest, roundTrip * 2)
        guard length >= least else { return }
        let gave = Yield(
            speed: Double(bytes - stage.bytes) / length.seconds,
            load: (processorTime - stage.processorTime).seconds / length.seconds
        )
        self.stage = Stage(begin: now, bytes: bytes, processorTime: processorTime)
        if isProbing {
            isProbing = false
            // What a busy one gives is measured once more: it was slower at its beginning.
            if gave.load < ConnectionRamp.busy, !isEnding(bytesMissing, gave, roundTrip) {
                wanted = min(first, limit)
            }
            return
        }
        guard gave.speed > 0 else { return }
        if let before, !before.gave.isWorth(gave) {
            wanted = min(wanted, before.count)
            self.before = nil
            trial = nil
            restingSince = now
            return
        }
        grow(gave, bytesMissing: bytesMissing, roundTrip: roundTrip)
    }

    private mutating func grow(_ gave: Yield, bytesMissing: Int64, roundTrip: Duration) {
        trial = nil
        guard wanted < limit, !isEnding(bytesMissing, gave, roundTrip) else { return }
        if gave.load >= ConnectionRamp.busy {
            // What a connection brings in the time that it is measured for.
            trial = Int64(
                saturating: gave.speed / Double(wanted) * ConnectionRamp.shortest.seconds
            )
        }
        before = (wanted, gave)
        wanted = min(limit, restingSince == nil ? wanted * 2 : wanted + (wanted + 1) / 2)
        restingSince = nil
    }

    private func isEnding(_ bytesMissing: Int64, _ gave: Yield, _ roundTrip: Duration) -> Bool {
        Double(bytesMissing) / gave.speed < max(roundTrip * 4, .milliseconds(50)).seconds
    }

    /// Lowers the number because the server objected; it does not grow again.
    package mutating func restrict(to count: Int) {
        most = max(1, min(most, count))
        wanted = min(wanted, limit)
    }
}
