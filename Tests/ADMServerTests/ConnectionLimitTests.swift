import Testing

@testable import ADMServer

/// There are no more connections than there may be.
@Suite struct ConnectionLimitTests {
    @Test func `as many are taken as there may be, and one more for each that is given back`() {
        let limit = ConnectionLimit(3)
        #expect(limit.current == 0)
        for count in 1...3 {
            #expect(limit.take())
            #expect(limit.current == count)
        }
        #expect(!limit.take())
        #expect(limit.current == 3)
        limit.giveBack()
        #expect(limit.current == 2)
        #expect(limit.take())
        #expect(!limit.take())
    }

    @Test func `many who take at once never take too many`() async {
        let limit = ConnectionLimit(100)
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<500 { group.addTask { limit.take() } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 100)
        #expect(limit.current == 100)
    }
}
