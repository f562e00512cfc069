import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Testing

@testable import ADMCatalog

/// The jobs as plain values, and what each verb makes of them.
private struct Model {
    struct Entry {
        var state = JobState.ready
        var epoch: Int64 = 0
        var wantsCancel = false
        var attempts = 0
        var fileName: String?
    }

    var jobs: [Int64: Entry] = [:]
    var events = 0

    var counts: [JobState: Int] {
        var counts = Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) })
        for job in jobs.values { counts[job.state, default: 0] += 1 }
        return counts
    }

    /// Whether the move is one that the claim may make; makes it if it is.
    mutating func move(
        _ claim: Claim,
        from: [JobState],
        to state: JobState,
        events count: Int,
        attempts: Int = 0
    ) -> Bool {
        guard var job = jobs[claim.number], job.epoch == claim.epoch, from.contains(job.state)
        else { return false }
        job.state = state
        job.attempts += attempts
        if state != .running { job.wantsCancel = false }
        jobs[claim.number] = job
        events += count
        return true
    }
}

/// Random sequences of verbs against a model of plain values.
struct RandomMovesTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random verbs leave what the model says`(seed: UInt64) async throws {
        try await Home.withCatalog { home, catalog, holder in
            var random = SeededGenerator(seed: seed)
            var model = Model()
            var claims: [Claim] = []
            var serial = 0
            for step in 0..<600 {
                let comment: Comment = "seed \(seed), step \(step)"
                let number = model.jobs.keys.sorted().randomElement(using: &random) ?? 1
                switch Int.random(in: 0..<17, using: &random) {
                case 0, 1:
                    serial += 1
                    let job = try await catalog.queue.add("file-\(serial)")
                    model.jobs[job.number] = Model.Entry()
                    model.events += 1
                case 2, 3, 4:
                    let claim = try await catalog.queue.claim(number: number, owner: holder.id)
                    let state = model.jobs[number]?.state
                    #expect((claim != nil) == (state == .ready || state == .retrying), comment)
                    guard let claim else { continue }
                    claims.append(claim)
                    model.jobs[number]?.state = .running
                    model.jobs[number]?.epoch += 1
                    model.jobs[number]?.attempts += 1
                    #expect(claim.epoch == model.jobs[number]?.epoch, comment)
                case 5:
                    let outcome = model.jobs[number].map(\.state)
                    let made =
                        outcome == nil ? nil : try await catalog.control.makeReady(number: number)
                    let isHeld = [.paused, .retrying, .failed, .cancelled].contains(outcome)
                    #expect((made != nil) == isHeld, comment)
                    guard isHeld else { continue }
                    model.jobs[number]?.state = .ready
                    model.events += 1
                case 6:
                    guard let job = model.jobs[number] else { continue }
                    let outcome = try await catalog.control.cancel(number: number)
                    switch job.state {
                    case .running:
                        #expect(outcome == .requested, comment)
                        model.jobs[number]?.wantsCancel = true
                    case .ready, .paused, .retrying:
                        model.jobs[number]?.state = .cancelled
                        model.events += 1
                    default: #expect(outcome == .unchanged(job.state), comment)
                    }
                case 7:
                    guard let job = model.jobs[number] else { continue }
                    let isFree = job.state != .running && job.state != .finalizing
                    #expect(try await catalog.control.remove(number: number) == isFree, comment)
                    if isFree { model.jobs[number] = nil }
                case 8 where step.isMultiple(of: 4):
                    let recovery = try await catalog.believing({ _ in false }).control.recover()
                    var ready: [Int64] = []
                    for (number, job) in model.jobs where job.state == .running {
                        // Nothing ran alone, so nothing is to blame.
                        model.jobs[number]?.state = job.wantsCancel ? .cancelled : .ready
                        model.jobs[number]?.wantsCancel = false
                        model.events += job.wantsCancel ? 1 : 0
                        guard !job.wantsCancel else { continue }
                        ready.append(number)
                    }
                    #expect(recovery.ready.sorted() == ready.sorted(), comment)
                case let verb:
                    guard let claim = claims.randomElement(using: &random) else { continue }
                    try await RandomMovesTests.act(verb, claim, catalog, &model, comment)
                }
                if step.isMultiple(of: 50) {
                    #expect(try await catalog.list.counts() == model.counts, comment)
                }
            }
            #expect(try await catalog.list.counts() == model.counts)
            for (number, entry) in model.jobs {
                let job = try #require(try await catalog.list.job(number: number))
                #expect(job.state == entry.state)
                #expect(job.attempts == entry.attempts)
            }
            let wanted = try await catalog.recorder.intents(for: holder.id).filter {
                $0.value == .cancel
            }
            #expect(Set(wanted.keys) == Set(model.jobs.filter(\.value.wantsCancel).keys))
            let sequences = try await catalog.list.events(limit: 9999).map(\.sequence)
            #expect(sequences == (0..<model.events).map { Int64($0) + 1 })
            // What was stored is there for the next process too.
            let copy = try await home.copy().open()
            #expect(try await copy.list.counts() == model.counts)
            await copy.close()
        }
    }

    /// Does what an executor does, with a claim that may be old.
    private static func act(
        _ verb: Int,
        _ claim: Claim,
        _ catalog: Catalog,
        _ model: inout Model,
        _ comment: Comment
    ) async throws {
        let won: Bool
        let expected: Bool
        switch verb {
        case 9, 10:
            var target = target
            target.fileName = "file-\(claim.number)"
            let outcome = try await catalog.recorder.finalizing(
                claim,
                target: target,
                verification: nil
            )
            won = outcome != .lost
            expected = model.move(
                claim,
                from: [.running, .finalizing],
                to: .finalizing,
                events: 0
            )
        case 11, 12:
            won = try await catalog.recorder.succeeded(claim, completion: completion) != nil
            expected = model.move(claim, from: [.finalizing], to: .succeeded, events: 1)
        case 13:
            won = try await catalog.recorder.failed(claim, failure: broken) != nil
            expected = model.move(
                claim,
                from: [.running, .finalizing],
                to: .failed,
                events: 1
            )
        case 14:
            won =
                try await catalog.recorder.retrying(
                    claim,
                    failure: broken,
                    retry: 1,
                    maxRetries: 2,
                    runAt: start
                ) != nil
            expected = model.move(claim, from: [.running], to: .retrying, events: 1)
        case 15:
            won = try await catalog.recorder.paused(claim, by: .person) != nil
            expected = model.move(
                claim,
                from: [.running],
                to: .paused,
                events: 1,
                attempts: -1
            )
        default:
            won = try await catalog.recorder.interrupted(claim) != nil
            expected = model.move(
                claim,
                from: [.running, .finalizing],
                to: .ready,
                events: 0,
                attempts: -1
            )
        }
        #expect(won == expected, comment)
    }
}
