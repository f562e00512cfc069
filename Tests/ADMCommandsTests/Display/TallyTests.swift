import ADMModel
import Testing

@testable import ADMCommands

@Suite struct TallyTests {
    private func tally(_ outcomes: [JobOutcome]) -> Tally {
        var tally = Tally()
        for outcome in outcomes {
            tally.begin()
            tally.add(outcome)
        }
        return tally
    }

    private func failure(_ code: Failure.Code) throws -> JobOutcome {
        .failed(try Ends.job(), Failure(code, "x"))
    }

    @Test func `nothing at all is success`() { #expect(Tally().exitCode == 0) }

    @Test func `what is there or was there before is success`() throws {
        let tally = tally([
            try Ends.saved(), .skipped(try Ends.job(), reason: "file_exists"),
        ])
        #expect(tally.exitCode == 0)
        #expect(tally.ends == 2)
        #expect(tally.misses == 0)
    }

    @Test func `failures of one kind give their exit status if nothing went well`() throws {
        var tally = tally([try failure(.network), try failure(.network)])
        #expect(tally.exitCode == Failure.Code.network.exitCode)
        tally.refuse(Failure(.network, "x"))
        #expect(tally.exitCode == Failure.Code.network.exitCode)
        tally.add(try Ends.saved())
        #expect(tally.exitCode == Failure.Code.partial.exitCode)
    }

    @Test func `failures of several kinds are partial`() throws {
        let tally = tally([try failure(.network), .cancelled(try Ends.job())])
        #expect(tally.exitCode == Failure.Code.partial.exitCode)
    }

    @Test func `a held job has the status of its reason, and can continue`() throws {
        let full = Failure(.noSpace, "x")
        #expect(tally([.paused(try Ends.job(), full)]).exitCode == full.code.exitCode)
        let stopped = tally([.paused(try Ends.job(), nil), try failure(.network)])
        #expect(stopped.unfinished == 1)
        #expect(stopped.misses == 2)
        #expect(tally([.paused(try Ends.job(), nil)]).exitCode == Failure.Code.unfinished.exitCode)
    }

    @Test func `a workspace that cannot be run makes the rest partial`() throws {
        var tally = Tally()
        tally.lose(Failure(.databaseDamaged, "x"))
        #expect(tally.exitCode == Failure.Code.databaseDamaged.exitCode)
        tally.open()
        #expect(tally.exitCode == Failure.Code.partial.exitCode)
        tally.lose(Failure(.storage, "x"))
        #expect(Tally.exitCode(of: []) == Failure.Code.partial.exitCode)
        #expect(
            Tally.exitCode(of: [Failure(.storage, "x"), Failure(.databaseDamaged, "x")])
                == Failure.Code.partial.exitCode
        )
    }

    @Test func `jobs are kept only for those who want to see them`() throws {
        var keeping = Tally(keepsJobs: true)
        keeping.add(try Ends.saved())
        #expect(keeping.jobs.count == 1)
        #expect(tally([try Ends.saved()]).jobs.isEmpty)
    }

    @Test func `lengths that no file has do not trap`() throws {
        let huge = Events.completion(bytes: .max, fetched: .infinity)
        let tally = tally([
            try Ends.saved(huge), try Ends.saved(huge),
            try Ends.saved(Events.completion(bytes: .min)),
        ])
        #expect(tally.bytes == .max)
    }
}
