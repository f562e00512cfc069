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
        guard !isFresh else { return .dial(offersSharing: false) }
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

    /// A shared connection takes no more requests; after a fault of the server nothing is shared with it.
    mutating func retire(_ place: Place, isBroken: Bool) {
        shared[place] = nil
        if isBroken { sharesNothing.insert(place) }
    }
}
