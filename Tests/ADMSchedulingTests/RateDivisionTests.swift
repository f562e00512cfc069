import ADMCatalog
import ADMModel
import Foundation
import Testing

@testable import ADMScheduling

/// How bytes a second are shared among workspaces, hosts and processes.
@Suite struct RateDivisionTests {
    private struct Given {
        let workspace: String
        var host = "a.org"
        var holder = "p"
        var weight = 1.0
        var demand = Double.infinity
    }

    private func parts(
        _ flows: [Given],
        rate: Int64 = 0,
        hostRate: Int64 = 0,
        shares: [String: WorkspaceShare] = [:]
    ) -> [Double] {
        let keys = flows.map {
            LedgerFlow.Key(holder: $0.holder, workspace: $0.workspace, host: $0.host)
        }
        let parts = RateDivision.parts(
            Dictionary(
                uniqueKeysWithValues: zip(keys, flows).map {
                    ($0, LedgerFlow(weight: $1.weight, demand: $1.demand))
                }
            ),
            limits: BudgetLimits(
                rate: Rate(ByteCount(rate)),
                hostRate: Rate(ByteCount(hostRate))
            ),
            shares: shares.mapValues { LedgerShare(name: "", share: $0, usageAt: 0) }
        )
        return keys.map { (parts[$0] ?? -1).rounded() }
    }

    @Test func `without a limit nothing is limited`() {
        #expect(parts([Given(workspace: "a"), Given(workspace: "b")]) == [.infinity, .infinity])
    }

    @Test func `workspaces share by weight, and their processes by what they fetch`() {
        let flows = [
            Given(workspace: "a", holder: "p", weight: 1),
            Given(workspace: "a", holder: "q", weight: 3), Given(workspace: "b", holder: "q"),
        ]
        let shares = ["a": WorkspaceShare(weight: 2), "b": WorkspaceShare()]
        #expect(parts(flows, rate: 1200, shares: shares) == [200, 600, 400])
    }

    @Test func `what one cannot use goes to the others`() {
        let flows = [
            Given(workspace: "a", demand: 100), Given(workspace: "b"), Given(workspace: "c"),
        ]
        #expect(parts(flows, rate: 900) == [100, 400, 400])
    }

    @Test func `a workspace with a limit of its own leaves the rest to the others`() {
        let flows = [Given(workspace: "a"), Given(workspace: "b")]
        let shares = ["a": WorkspaceShare(rate: Rate(ByteCount(50)))]
        #expect(parts(flows, rate: 900, shares: shares) == [50, 850])
        #expect(parts(flows, shares: shares) == [50, .infinity])
    }

    @Test func `a host with a limit shares it, no matter who fetches`() {
        let flows = [
            Given(workspace: "a", host: "x"), Given(workspace: "b", host: "x"),
            Given(workspace: "b", host: "y"),
        ]
        #expect(parts(flows, rate: 1000, hostRate: 400) == [200, 200, 400])
        // What the hosts hold back is not lost if others could use it.
        let more = flows + [Given(workspace: "a", host: "z")]
        #expect(parts(more, rate: 1000, hostRate: 400).reduce(0, +) == 1000)
    }

    @Test(arguments: [(1, 1.0), (2, 2.0), (3, 4.0), (-1, 0.25), (100, 16.0), (-100, 0.0625)])
    func `one step of priority counts twice as much`(priority: Int, weight: Double) {
        #expect(RateDivision.weight(priority: priority) == weight)
    }

    @Test func `transfers of one process share by weight`() {
        let parts = RateDivision.parts(
            of: 300,
            among: [(weight: 2, demand: .infinity), (weight: 1, demand: .infinity)]
        )
        #expect(parts.map { $0.rounded() } == [200, 100])
        let left = RateDivision.parts(
            of: 300,
            among: [(weight: 2, demand: 30), (weight: 1, demand: .infinity)]
        )
        #expect(left.map { $0.rounded() } == [30, 270])
    }
}
