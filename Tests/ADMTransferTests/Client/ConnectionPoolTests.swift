import Testing

@testable import ADMTransfer

/// Which connection carries a request, without connections.
@Suite struct ConnectionPoolTests {
    private final class Line: Sendable {}
    private typealias Pool = ConnectionPool<String, Line, Line, Int>

    /// What was chosen, in a form that can be compared.
    private enum Chosen: Equatable {
        case single
        case shared(ObjectIdentifier)
        case dial(offersSharing: Bool)
        case wait
    }

    private func choose(
        _ pool: inout Pool,
        _ place: String = "a",
        mayShare: Bool = true,
        isFresh: Bool = false,
        waiter: Int = 0
    ) -> Chosen {
        switch pool.choose(place, mayShare: mayShare, isFresh: isFresh, waiter: waiter) {
        case .single: .single
        case .shared(let line): .shared(ObjectIdentifier(line))
        case .dial(let offersSharing): .dial(offersSharing: offersSharing)
        case .wait: .wait
        }
    }

    /// A pool for which as many connections are being made as may be, and waiters 1 and 2 behind them.
    private func dialing() -> Pool {
        var pool = Pool()
        for _ in 0..<Pool.mostShared {
            #expect(choose(&pool) == .dial(offersSharing: true))
        }
        #expect(choose(&pool, waiter: 1) == .wait)
        #expect(choose(&pool, waiter: 2) == .wait)
        return pool
    }

    @Test
    func `several connections are made at once to a server that nobody knows, the rest waits`() {
        var pool = dialing()
        let line = Line()
        #expect(pool.made(line, "a") == [1, 2])
        // What waited, and all that follow, come over what is there; nothing else is made.
        #expect(choose(&pool, "b") == .dial(offersSharing: true), "another place has its own")
        #expect(choose(&pool) == .shared(ObjectIdentifier(line)))
    }

    @Test func `a server that shares nothing gets connections for all that waited`() {
        var pool = dialing()
        #expect(pool.notShared("a", isKnown: true) == [1, 2])
        #expect(choose(&pool) == .dial(offersSharing: false))
    }

    @Test func `after a connection that could not be made another one is tried`() {
        var pool = dialing()
        #expect(pool.notShared("a", isKnown: false) == [1, 2])
        #expect(choose(&pool, waiter: 1) == .dial(offersSharing: true))
        #expect(choose(&pool, waiter: 2) == .wait)
    }

    @Test func `requests are spread evenly over what is shared`() {
        var pool = dialing()
        let (one, two) = (Line(), Line())
        _ = pool.made(one, "a")
        _ = pool.made(two, "a")
        let first = choose(&pool)
        #expect(choose(&pool) != first)
        pool.ended(two, "a")
        pool.ended(two, "a")
        #expect(choose(&pool) == .shared(ObjectIdentifier(two)))
    }

    @Test
    func
        `another connection is made if the server allows no more requests on those that are there`()
    {
        var pool = Pool()
        #expect(choose(&pool) == .dial(offersSharing: true))
        let line = Line()
        _ = pool.made(line, "a")
        pool.limit(line, "a", to: 2)
        #expect(choose(&pool) == .shared(ObjectIdentifier(line)))
        #expect(choose(&pool) == .dial(offersSharing: true))
        pool.ended(line, "a")
        #expect(choose(&pool) == .shared(ObjectIdentifier(line)))
    }

    @Test func `what the server allows no more of waits on a connection once there are enough`() {
        var pool = dialing()
        let lines = (0..<Pool.mostShared).map { _ in Line() }
        for line in lines {
            _ = pool.made(line, "a")
            pool.limit(line, "a", to: 0)
        }
        guard case .shared = choose(&pool) else {
            Issue.record("a request has no connection")
            return
        }
    }

    @Test func `a connection that takes no more leaves the others`() {
        var pool = dialing()
        let (one, two) = (Line(), Line())
        _ = pool.made(one, "a")
        _ = pool.made(two, "a")
        pool.retire(one, "a", isBroken: false)
        #expect(choose(&pool) == .shared(ObjectIdentifier(two)))
        pool.ended(one, "a")
        pool.retire(two, "a", isBroken: true)
        #expect(choose(&pool) == .dial(offersSharing: false), "nothing is shared after a fault")
    }

    @Test func `after the last shared connection another one is made`() {
        var pool = Pool()
        #expect(choose(&pool) == .dial(offersSharing: true))
        let line = Line()
        #expect(pool.made(line, "a") == [])
        pool.retire(line, "a", isBroken: false)
        #expect(choose(&pool) == .dial(offersSharing: true))
    }

    @Test func `a connection that rests is used once, for its place alone`() {
        var pool = Pool()
        pool.rest(Line(), "a")
        #expect(choose(&pool, "b", mayShare: false) == .dial(offersSharing: false))
        #expect(choose(&pool, mayShare: false) == .single)
        #expect(choose(&pool, mayShare: false) == .dial(offersSharing: false))
    }

    @Test func `one that was lost is not used`() {
        var pool = Pool()
        let line = Line()
        pool.rest(line, "a")
        pool.lose(line, "a")
        #expect(choose(&pool, mayShare: false) == .dial(offersSharing: false))
    }

    @Test func `connections that rest are closed if there are more than a host may have`() {
        var pool = Pool()
        for _ in 0..<3 { _ = choose(&pool, isFresh: true) }
        pool.rest(Line(), "a")
        pool.rest(Line(), "a")
        var taken = pool.takeResting(beyond: 2) { $0 == "a" }
        #expect(taken.singles.count == 1 && taken.left == 2)
        pool.closed("a")
        taken = pool.takeResting(beyond: 0) { $0 == "b" }
        #expect(taken.singles.isEmpty && taken.left == 0)
        taken = pool.takeResting(beyond: 0) { $0 == "a" }
        // The one that carries a request stays.
        #expect(taken.singles.count == 1 && taken.left == 1)
    }

    @Test func `a shared connection that carries nothing is closed too, and one that does stays`() {
        var pool = Pool()
        let line = Line()
        #expect(choose(&pool) == .dial(offersSharing: true))
        _ = pool.made(line, "a")
        #expect(pool.takeResting(beyond: 0) { $0 == "a" }.shared.isEmpty)
        pool.ended(line, "a")
        #expect(pool.takeResting(beyond: 0) { $0 == "a" }.shared.count == 1)
        #expect(choose(&pool) == .dial(offersSharing: true))
    }

    @Test func `what rests is taken before another is made, but never by a fresh request`() {
        var pool = Pool()
        pool.rest(Line(), "a")
        #expect(choose(&pool, isFresh: true) == .dial(offersSharing: false))
        #expect(choose(&pool) == .single)
        #expect(choose(&pool, mayShare: false) == .dial(offersSharing: false))
    }
}
