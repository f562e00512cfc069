import ADMModel
import Testing

struct DescriptorBudgetTests {
    @Test(arguments: [
        (48, 64, 1, 2, 4), (64, 2, 2, 5, 8), (64, 64, 2, 5, 8), (256, 64, 8, 37, 56),
        (1024, 16, 16, 165, 248), (65_536, 128, 128, 10_917, 16_376),
    ])
    func `what fits under a limit leaves room for databases and locks`(
        limit: Int,
        cores: Int,
        loops: Int,
        jobs: Int,
        connections: Int
    ) {
        let budget = DescriptorBudget(limit: limit)
        #expect(budget.loops(cores: cores) == loops)
        #expect(budget.jobs == jobs)
        #expect(budget.connections == connections)
    }

    @Test(arguments: [0, 1, 47, -1, Int.min])
    func `a limit that is too low is named with the remedy`(limit: Int) {
        let budget = DescriptorBudget(limit: limit)
        let failure = #expect(throws: Failure.self) { try budget.check() }
        #expect(failure?.code == .storage)
        #expect(failure?.hint?.contains("ulimit -n") == true)
        #expect(budget.loops(cores: 8) == 1)
    }

    @Test func `a sufficient limit passes`() throws {
        try DescriptorBudget(limit: DescriptorBudget.least).check()
        try DescriptorBudget(limit: Int.max).check()
    }
}
