import Testing

@testable import ADMTransfer

@Suite struct ConnectionPoolTests {
    private final class Line: Sendable {}
    private typealias Pool = ConnectionPool<String, Line, Line, Int>

    private func describe(_ choice: Pool.Choice) -> String {
        switch choice {
        case .single: "single"
        case .shared: "shared"
        case .dial(let offersSharing): offersSharing ? "dial for many" : "dial"
        case .wait: "wait"
        }
    }

    private func choose(
        _ pool: inout Pool,
        _ place: String = "a",
        mayShare: Bool = false,
        isFresh: Bool = false,
        waiter: Int = 0
    ) -> String {
        describe(pool.choose(place, mayShare: mayShare, isFresh: isFresh, waiter: waiter))
    }

    @Test func `a connection that rests is used once, for its place alone`() {
        var pool = Pool()
        pool.rest(Line(), "a")
        #expect(choose(&pool, "b") == "dial")
        #expect(choose(&pool) == "single")
        #expect(choose(&pool) == "dial")
    }

    @Test func `one that was lost is not used, and a fresh request uses none`() {
        var pool = Pool()
        let line = Line()
        pool.rest(line, "a")
        #expect(choose(&pool, isFresh: true) == "dial")
        pool.lose(line, "a")
        #expect(choose(&pool) == "dial")
    }

    @Test func `connections that rest are closed if there are more than a host may have`() {
        var pool = Pool()
        for place in ["a", "a", "a", "b"] { #expect(choose(&pool, place) == "dial") }
        pool.rest(Line(), "a")
        pool.rest(Line(), "a")
        pool.rest(Line(), "b")
        var (surplus, left) = pool.takeResting(beyond: 2) { $0 == "a" }
        #expect(surplus.count == 1 && left == 2)
        pool.closed("a")
        (surplus, left) = pool.takeResting(beyond: 0) { $0 == "a" }
        // The one that carries a request stays.
        #expect(surplus.count == 1 && left == 1)
        #expect(choose(&pool) == "dial")
        #expect(choose(&pool, "b") == "single")
    }

    @Test func `many requests wait for the first connection and share it`() {
        var pool = Pool()
        #expect(choose(&pool, mayShare: true, waiter: 1) == "dial for many")
        #expect(choose(&pool, mayShare: true, waiter: 2) == "wait")
        #expect(choose(&pool, mayShare: true, waiter: 3) == "wait")
        #expect(choose(&pool, "b", mayShare: true) == "dial for many")
        #expect(pool.made(Line(), "a") == [2, 3])
        #expect(choose(&pool, mayShare: true) == "shared")
        #expect(choose(&pool) == "dial")
    }

    @Test func `a server that does not share is not asked again`() {
        var pool = Pool()
        #expect(choose(&pool, mayShare: true, waiter: 1) == "dial for many")
        #expect(choose(&pool, mayShare: true, waiter: 2) == "wait")
        #expect(pool.notShared("a", isKnown: true) == [2])
        #expect(choose(&pool, mayShare: true) == "dial")
    }

    @Test func `a connection that could not be made says nothing about sharing`() {
        var pool = Pool()
        #expect(choose(&pool, mayShare: true, waiter: 1) == "dial for many")
        #expect(pool.notShared("a", isKnown: false) == [])
        #expect(choose(&pool, mayShare: true) == "dial for many")
    }

    @Test func `after the end of a shared connection another one is made, after a fault none`() {
        var pool = Pool()
        _ = choose(&pool, mayShare: true)
        #expect(pool.made(Line(), "a") == [])
        pool.retire("a", isBroken: false)
        #expect(choose(&pool, mayShare: true) == "dial for many")
        #expect(pool.made(Line(), "a") == [])
        pool.retire("a", isBroken: true)
        #expect(choose(&pool, mayShare: true) == "dial")
    }
}
