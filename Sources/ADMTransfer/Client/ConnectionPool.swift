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

    private var resting: [Place: [Single]] = [:]
    /// How many connections are open or being made.
    private var open: [Place: Int] = [:]
    private var shared: [Place: Shared] = [:]
    private var waiting: [Place: [Waiter]] = [:]
    private var sharesNothing: Set<Place> = []

    /// Chooses for a request to a place.
    ///
    /// It may come over a shared connection if `mayShare`; a fresh one needs a connection that nobody used.
    mutating func choose(
        _ place: Place,
        mayShare: Bool,
        isFresh: Bool,
        waiter: Waiter
    ) -> Choice {
        guard !isFresh else {
            open[place, default: 0] += 1
            return .dial(offersSharing: false)
        }
        let mayShare = mayShare && !sharesNothing.contains(place)
        if mayShare {
            if let connection = shared[place] { return .shared(connection) }
            if waiting[place] != nil {
                waiting[place]?.append(waiter)
                return .wait
            }
        }
        // The one that rested last is the least likely to have been closed.
        if let connection = resting[place]?.popLast() { return .single(connection) }
        if mayShare { waiting[place] = [] }
        open[place, default: 0] += 1
        return .dial(offersSharing: mayShare)
    }

    /// A connection that was offered to be shared is made, and the server agreed.
    ///
    /// - Returns: The request that waited for it.
    mutating func made(_ connection: Shared, _ place: Place) -> [Waiter] {
        shared[place] = connection
        return waiting.removeValue(forKey: place) ?? []
    }

    /// The server does not share connections, or none could be made.
    ///
    /// - Returns: The requests that waited for it and need another choice.
    mutating func notShared(_ place: Place, isKnown: Bool) -> [Waiter] {
        if isKnown { sharesNothing.insert(place) }
        return waiting.removeValue(forKey: place) ?? []
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
    ) -> (surplus: [Single], left: Int) {
        var left = open.reduce(0) { isOne($1.key) ? $0 + $1.value : $0 }
        var surplus: [Single] = []
        for place in resting.keys.filter(isOne) {
            while left > count, let connection = resting[place]?.popLast() {
                surplus.append(connection)
                left -= 1
            }
        }
        return (surplus, left)
    }

    /// A shared connection takes no more requests; after a fault of the server nothing is shared with it.
    mutating func retire(_ place: Place, isBroken: Bool) {
        shared[place] = nil
        if isBroken { sharesNothing.insert(place) }
    }
}
