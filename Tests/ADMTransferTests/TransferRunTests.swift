import ADMModel
import ADMTestSupport
import Testing

@testable import ADMTransfer

/// A run of a file's bytes, driven by thousands of sequences of answers, breaks, changes and ticks.
@Suite struct TransferRunTests {
    private static let mebibyte: Int64 = 1_048_576
    /// No sequence may take longer than this many events.
    private static let mostSteps = 20_000

    private func plan(isTrusted: Bool = false, mirrors: [SourceURL] = []) throws -> TransferPlan {
        TransferPlan(
            url: try SourceURL("https://one.example.org/file"),
            fields: [],
            settings: TransferSettings(),
            isTrusted: isTrusted,
            mirrors: mirrors
        )
    }

    /// Chooses servers for a seed.
    private func servers(_ random: inout SeededGenerator, faults: Double) -> SimulatedServers {
        var servers = SimulatedServers(
            length: Int64.random(in: 1...24 * Self.mebibyte, using: &random)
        )
        servers.proof = SimulatedServers.Proof.allCases.randomElement(using: &random) ?? .nothing
        servers.takesRanges = random.chance(0.9)
        servers.namesLength = random.chance(0.9)
        servers.roundTrip = random.chance(0.5) ? .milliseconds(1) : .milliseconds(40)
        servers.faults = faults
        servers.breaks = faults / 4
        return servers
    }

    /// Lets a run go to its end and looks at it after each event.
    private func drive(
        _ transfer: inout SimulatedTransfer,
        seed: UInt64,
        _ check: (SimulatedTransfer) -> Void
    ) {
        for _ in 0..<Self.mostSteps where transfer.result == nil {
            transfer.step()
            check(transfer)
        }
        #expect(transfer.result != nil, "seed \(seed) does not end")
    }

    /// The bytes of `one` that are in `other`, too.
    private func overlap(_ one: SegmentMap, _ other: SegmentMap) -> Int64 {
        one.count + other.count - SegmentMap(one.ranges + other.ranges).count
    }

    /// What the open connections still have to fetch.
    private func ahead(_ run: TransferRun) -> [ByteRange] {
        run.open.connections.values.compactMap(\.ahead)
    }

    /// Each byte is there, fetched by a connection, or waits to be asked for; none is forgotten.
    private func checkAssignment(_ transfer: SimulatedTransfer, seed: UInt64) {
        let run = transfer.run
        guard let total = run.state.total, !run.open.awaitsFirstAnswer else { return }
        let waiting = SegmentMap(run.state.pending)
        let fetched = ahead(run).filter { $0.end != .max }
        let all = SegmentMap(run.bytes.ranges + fetched + waiting.ranges)
        // An expectation costs more than a step, and there are many.
        if !all.gaps(length: total).isEmpty { Issue.record("seed \(seed) forgets bytes") }
        if overlap(waiting, SegmentMap(fetched)) > 0 {
            Issue.record("seed \(seed) would fetch bytes twice")
        }
        if overlap(waiting, run.state.done) > 0 {
            Issue.record("seed \(seed) would fetch bytes again")
        }
    }

    @Test(arguments: 0..<8)
    func `every byte is there, being fetched or waiting, whatever servers do`(batch: Int) throws {
        for seed in UInt64(batch * 150)..<UInt64(batch * 150 + 150) {
            var random = SeededGenerator(seed: seed)
            let faults: Double = [0, 0.05, 0.3].randomElement(using: &random) ?? 0
            var transfer = SimulatedTransfer(
                try plan(),
                servers(&random, faults: faults),
                seed: seed
            )
            drive(&transfer, seed: seed) { checkAssignment($0, seed: seed) }
            guard case .success(let length)? = transfer.result else {
                #expect(faults > 0, "seed \(seed) fails without a fault")
                continue
            }
            #expect(transfer.versions.count <= 1, "seed \(seed) mixes versions")
            #expect(transfer.written.gaps(length: length) == [], "seed \(seed) misses bytes")
            #expect(length == transfer.servers.length, "seed \(seed) has another length")
        }
    }

    @Test(arguments: 0..<4)
    func `without faults no two connections fetch the same bytes, twins apart`(batch: Int) throws {
        for seed in UInt64(batch * 75)..<UInt64(batch * 75 + 75) {
            var random = SeededGenerator(seed: seed)
            var servers = self.servers(&random, faults: 0)
            servers.proof = .strongTag
            var transfer = SimulatedTransfer(try plan(), servers, seed: seed)
            drive(&transfer, seed: seed) { transfer in
                let single = transfer.run.open.connections.values.filter { $0.twin == nil }
                let ranges = single.compactMap(\.ahead)
                let sum = ranges.reduce(0 as Int64) { $0 + $1.count }
                if SegmentMap(ranges).count != sum {
                    Issue.record("seed \(seed) fetches bytes twice")
                }
            }
            #expect(throws: Never.self) { try transfer.result?.get() }
        }
    }

    @Test(arguments: 0..<4)
    func `a file that changes is fetched again and never mixed`(batch: Int) throws {
        for seed in UInt64(batch * 150)..<UInt64(batch * 150 + 150) {
            var random = SeededGenerator(seed: seed)
            var servers = self.servers(&random, faults: 0.2)
            servers.kinds = [.newVersion, .breaks, .ignoresRange, .noProof]
            var transfer = SimulatedTransfer(try plan(), servers, seed: seed)
            drive(&transfer, seed: seed) { transfer in
                if transfer.versions.count > 1 { Issue.record("seed \(seed) mixes versions") }
            }
        }
    }

    @Test func `a run whose server refuses everything fails after a few requests`() throws {
        for kind in SimulatedServers.Fault.allCases where kind != .wrongTotal {
            var servers = SimulatedServers(length: 8 * Self.mebibyte)
            servers.faults = 1
            servers.kinds = [kind]
            var transfer = SimulatedTransfer(try plan(), servers, seed: 1)
            var requests = 0
            drive(&transfer, seed: 1) { requests = max(requests, $0.run.refused.count) }
            #expect(requests <= 5, "\(kind)")
        }
    }

    @Test func `another server carries on, with the bytes if a digest of all of them is known`()
        throws
    {
        let mirror = try SourceURL("https://two.example.org/file")
        for isTrusted in [true, false] {
            let plan = try self.plan(isTrusted: isTrusted, mirrors: [mirror])
            var run = TransferRun(plan, at: .now)
            run.state = TransferState(
                done: SegmentMap([ByteRange(0, 50)]),
                known: Validators(entityTag: "\"a\"", length: 100)
            )
            let refusal = Failure(.remoteNotFound, "gone")
            guard case .elsewhere = run.restart(after: refusal) else {
                Issue.record("no other server is asked")
                continue
            }
            #expect(run.changeServer() == isTrusted)
            let request = run.firstRequest()
            #expect(request.url == mirror)
            #expect(request.query.range == (isTrusted ? "bytes=50-99" : "bytes=0-"))
            #expect(request.query.ifRange == nil, "what the first says proves nothing there")
        }
    }

    @Test
    func `a connection that is silent for too long is ended`()
        throws
    {
        var run = TransferRun(try plan(), at: .now)
        let request = run.firstRequest()
        run.see([OpenConnections.Sighting(number: request.number, silence: .seconds(301))])
        let actions = try run.tick(at: .now)
        guard case .end(request.number, let error as Failure)? = actions.first else {
            Issue.record("it is not ended")
            return
        }
        #expect(error.code == .timeout)
    }

    @Test func `a file that takes longer than it may is given up`() throws {
        var plan = try self.plan()
        plan.settings.totalTimeout = .seconds(10)
        plan.secondsSpent = 8
        let begin = ContinuousClock.now
        var run = TransferRun(plan, at: begin)
        #expect(throws: Never.self) { try run.tick(at: begin + .seconds(1)) }
        #expect { try run.tick(at: begin + .seconds(3)) } throws: {
            ($0 as? Failure)?.code == .timedOut
        }
    }
}
