/// Which connection carries the next request of a session.
///
/// A value without sockets: `Single` carries one request at a time, `Shared` many (HTTP/2), a `Waiter` is a
/// request that waits until a server has said which of the two it speaks.
struct ConnectionPool<
    Place: Hashable & Sendable,
    Single: AnyObject & Sendable,
    Shared: AnyObject & Sendable,
    Waiter: Sendable
>: Sendable {
    /// What to do with a request.
    enum Choice {
        /// This connection rests and takes it.
        case single(Single)
        /// This connection takes it beside others.
        case shared(Shared)
        /// A connection has to be made.
        case dial(offersSharing: Bool)
        /// A connection is being made that may carry it.
        case wait
    }

    /// A connection that carries many requests.
    private struct Line {
        let connection: Shared
        /// How many requests it carries.
        var count = 0
        /// How many the server allows at the same time.
        var limit = Int.max

        var isFull: Bool { count >= limit }
    }

    private var resting: [Place: [Single]] = [:]
    /// How many connections are open or being made.
    private var open: [Place: Int] = [:]
    private var shared: [Place: [Line]] = [:]
    /// How many connections are being made that may be shared.
    private var dialing: [Place: Int] = [:]
    private var waiting: [Place: [Waiter]] = [:]
    private var sharesNothing: Set<Place> = []

    /// How many connections to one place are shared at most, and are made at once as long as nobody knows
    /// whether it shares any.
    ///
    /// One alone would begin with ten packets a round trip for all requests, and those to a server that shares
    /// nothing would wait two round trips for nothing. More would let a server that floods them fill more memory.
    static var mostShared: Int { 4 }

    /// Chooses for a request to a place.
    ///
    /// It may come over a shared connection if `mayShare`; a fresh one needs a connection that nobody used.
    /// Shared connections get their requests evenly, and another one is made if all have as many as the server
    /// allows.
    mutating func choose(
        _ place: Place,
        mayShare: Bool,
        isFresh: Bool,
        waiter: Waiter
    ) -> Choice {
        guard !isFresh else { return dial(place, offersSharing: false) }
        let mayShare = mayShare && !sharesNothing.contains(place)
        let lines = mayShare ? shared[place, default: []] : []
        let many = lines.count + dialing[place, default: 0]
        let best = lines.indices.min { lines[$0].count < lines[$1].count }
        if let best, !lines[best].isFull || many >= Self.mostShared {
            shared[place]?[best].count += 1
            return .shared(lines[best].connection)
        }
        // The one that rested last is the least likely to have been closed.
        if let connection = resting[place]?.popLast() { return .single(connection) }
        guard mayShare else { return dial(place, offersSharing: false) }
        guard many < Self.mostShared else {
            waiting[place, default: []].append(waiter)
            return .wait
        }
        dialing[place, default: 0] += 1
        return dial(place, offersSharing: true)
    }

    /// Another connection is open or being made from now on.
    private mutating func dial(_ place: Place, offersSharing: Bool) -> Choice {
        open[place, default: 0] += 1
        return .dial(offersSharing: offersSharing)
    }

    /// A connection that was offered to be shared is made for a request, and the server agreed.
    ///
    /// - Returns: The requests that waited and need another choice.
    mutating func made(_ connection: Shared, _ place: Place) -> [Waiter] {
        shared[place, default: []].append(Line(connection: connection, count: 1))
        return dialed(place)
    }

    /// The server does not share connections, or none could be made.
    ///
    /// - Returns: The requests that waited for it and need another choice.
    mutating func notShared(_ place: Place, isKnown: Bool) -> [Waiter] {
        if isKnown { sharesNothing.insert(place) }
        return dialed(place)
    }

    private mutating func dialed(_ place: Place) -> [Waiter] {
        let left = dialing[place, default: 1] - 1
        dialing[place] = left > 0 ? left : nil
        return waiting.removeValue(forKey: place) ?? []
    }

    /// A server says how many requests a shared connection may carry at the same time.
    mutating func limit(_ connection: Shared, _ place: Place, to count: Int) {
        guard let index = index(of: connection, place) else { return }
        shared[place]?[index].limit = max(1, count)
    }

    /// A request on a shared connection has ended.
    mutating func ended(_ connection: Shared, _ place: Place) {
        guard let index = index(of: connection, place) else { return }
        shared[place]?[index].count -= 1
    }

    private func index(of connection: Shared, _ place: Place) -> Int? {
        shared[place]?.firstIndex { $0.connection === connection }
    }

    /// A connection may carry another request.
    mutating func rest(_ connection: Single, _ place: Place) {
        resting[place, default: []].append(connection)
    }

    /// A connection is gone.
    mutating func lose(_ connection: Single, _ place: Place) {
        resting[place]?.removeAll { $0 === connection }
        if resting[place]?.isEmpty == true { resting[place] = nil }
    }

    /// A connection is closed, or could not be made.
    mutating func closed(_ place: Place) {
        let count = open[place, default: 0] - 1
        open[place] = count > 0 ? count : nil
    }

    /// Takes connections that rest, so that they are closed: as many as there are more than `count` to some
    /// places.
    ///
    /// - Returns: These connections, and how many others are open.
    mutating func takeResting(
        beyond count: Int,
        at isOne: (Place) -> Bool
    ) -> (singles: [Single], shared: [Shared], left: Int) {
        var left = open.reduce(0) { isOne($1.key) ? $0 + $1.value : $0 }
        var singles: [Single] = []
        var idle: [Shared] = []
        for place in open.keys.filter(isOne) {
            while left > count, let connection = resting[place]?.popLast() {
                singles.append(connection)
                left -= 1
            }
            while left > count, let index = shared[place]?.firstIndex(where: { $0.count == 0 }) {
                if let line = shared[place]?.remove(at: index) { idle.append(line.connection) }
                left -= 1
            }
        }
        return (singles, idle, left)
    }

    /// A shared connection takes no more requests; after a fault of the server nothing is shared with it.
    mutating func retire(_ connection: Shared, _ place: Place, isBroken: Bool) {
        shared[place]?.removeAll { $0.connection === connection }
        if shared[place]?.isEmpty == true { shared[place] = nil }
        if isBroken { sharesNothing.insert(place) }
    }
}
