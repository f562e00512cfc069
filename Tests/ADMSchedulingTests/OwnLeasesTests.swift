import ADMCatalog
import ADMTransfer
import Testing

@testable import ADMScheduling

/// What a process knows of its slots between two changes of the ledger.
struct OwnLeasesTests {
    private func lease(_ serial: Int64, connections: Int) -> Lease {
        Lease(
            serial: serial,
            holder: "p",
            workspace: "w",
            host: "a.org",
            state: .held,
            connections: connections,
            grantedAt: 0
        )
    }

    @Test
    func `a transfer has at once fewer connections if it needs fewer, and more when it gets them`()
    {
        var own = OwnLeases()
        own.take([lease(1, connections: 8)])
        let allowance = own.reuse(lease(1, connections: 8), job: 7, wanted: 8)
        #expect(allowance.count == 8 && own.all.map(\.job) == [7])
        own.want(2, in: lease(1, connections: 8))
        #expect(allowance.count == 2)
        own.want(6, in: lease(1, connections: 8))
        #expect(allowance.count == 2)
        own.see([1: 5], told: [])
        #expect(allowance.count == 5)
    }

    @Test
    func `an answer of the ledger that is older than a wish gives no more than is wished now`() {
        var own = OwnLeases()
        own.take([lease(1, connections: 8)])
        let allowance = own.reuse(lease(1, connections: 8), job: 7, wanted: 8)
        own.want(1, in: lease(1, connections: 8))
        own.see([1: 8, 99: 4], told: [])
        #expect(allowance.count == 1)
    }

    @Test func `a slot that is given back is told until the ledger knows, and has no connections`()
    {
        var own = OwnLeases()
        own.take([lease(1, connections: 2), lease(2, connections: 2)])
        own.giveBack(lease(1, connections: 2))
        #expect(own.givenBack == [1] && own.all.map(\.serial) == [2])
        own.see([1: 2], told: [])
        #expect(own.all.map(\.serial) == [2])
        own.see([:], told: [1])
        #expect(own.givenBack.isEmpty)
    }
}
