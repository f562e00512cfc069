import ADMModel
import ADMSystem
import Foundation
import Testing

@testable import ADMCatalog

/// The life of a job in the hands of its executor, and what a late executor can still do: nothing.
struct ExecutionTests {
    @Test func `a job goes from added to succeeded and keeps what was learned`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let job = try await catalog.queue.add("a")
            let claim = try #require(
                try await catalog.queue.claim(number: job.number, owner: holder.id, now: start)
            )
            #expect(claim.epoch == 1)
            #expect(claim.owner == holder.id)
            #expect(claim.segments == SegmentMap())
            #expect(claim.job.attempts == 1)
            #expect(claim.job.startedAt == start)
            let validators = Validators(
                entityTag: "\"v1\"",
                lastModified: "Mon, 23 Nov 2026 12:00:00 GMT",
                lastModifiedIsStrong: true,
                length: 1000
            )
            let head = try await catalog.recorder.recordHead(
                claim,
                RemoteFile(
                    url: try SourceURL("https://cdn.example.org/a?token=1"),
                    validators: validators
                ),
                fileName: "a.iso"
            )
            guard case .recorded(let started) = head else {
                Issue.record("not recorded: \(head)")
                return
            }
            #expect(started.map(\.kind) == [.started(totalBytes: 1000)])
            let running = try #require(try await catalog.list.job(number: job.number))
            #expect(running.validators == validators)
            #expect(running.finalURL?.string == "https://cdn.example.org/a?token=1")
            #expect(running.destination == "/downloads/a.iso")
            let checksum = try Checksum(.md5, hex: String(repeating: "a", count: 32))
            let verification = Verification(checksum: checksum, source: .server)
            _ = try await catalog.recorder.validating(claim, algorithm: .md5)
            let named = try await catalog.recorder.finalizing(
                claim,
                target: target,
                verification: verification
            )
            #expect(named == .recorded([]))
            var receipt = completion
            receipt.verification = verification
            let events = try await catalog.recorder.succeeded(
                claim,
                completion: receipt,
                now: start
            )
            #expect(events?.map(\.kind) == [.completed(receipt)])
            let done = try #require(try await catalog.list.job(number: job.number))
            #expect(done.state == .succeeded)
            #expect(done.verification == verification)
            #expect(done.finishedAt == start)
            #expect(done.fileName == target.fileName)
            #expect(done.bytesDone == 1000)
            #expect(done.failure == nil)
            let names = try await catalog.list.events(limit: 9).map(\.name)
            #expect(
                names == [
                    "download.queued", "download.started", "download.validating",
                    "download.completed",
                ]
            )
        }
    }

    @Test func `a checkpoint is what the next claim begins with`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            var map = SegmentMap([ByteRange(0, 100), ByteRange(500, 600), ByteRange(900, 901)])
            #expect(
                try await catalog.recorder.checkpoint(
                    claim,
                    segments: map,
                    bytesDone: map.count,
                    transferSeconds: 1.5
                )
            )
            map.insert(ByteRange(100, 500))
            #expect(
                try await catalog.recorder.checkpoint(
                    claim,
                    segments: map,
                    bytesDone: map.count,
                    transferSeconds: 2.5
                )
            )
            let paused = try await catalog.recorder.paused(claim, by: .interruption)
            #expect(paused?.map(\.kind) == [.paused(by: .interruption)])
            #expect(try await catalog.list.job(number: claim.number)?.pausedBy == .interruption)
            #expect(try await catalog.control.makeReady(number: claim.number)?.count == 1)
            let next = try #require(
                try await catalog.queue.claim(number: claim.number, owner: holder.id)
            )
            #expect(next.segments == map)
            #expect(next.job.bytesDone == 601)
            #expect(next.job.transferSeconds == 2.5)
            #expect(next.epoch == 2)
            // The interruption did not count as an attempt.
            #expect(next.job.attempts == 1)
            #expect(try await catalog.recorder.restart(next))
            #expect(try await catalog.recorder.failed(next, failure: broken)?.count == 1)
            _ = try await catalog.control.makeReady(number: claim.number)
            let last = try #require(
                try await catalog.queue.claim(number: claim.number, owner: holder.id)
            )
            #expect(last.segments == SegmentMap())
            #expect(last.job.bytesDone == 0)
            #expect(last.job.validators == Validators())
            #expect(last.job.attempts == 2)
            #expect(last.job.failure == broken)
        }
    }

    @Test func `of fifty that want one job exactly one gets it`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let job = try await catalog.queue.add("a")
            let other = try await home.open()
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    let contender = index.isMultiple(of: 2) ? catalog : other
                    group.addTask {
                        try await contender.queue.claim(number: job.number, owner: holder.id) != nil
                    }
                }
                return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }
            #expect(wins == 1)
            #expect(try await other.list.job(number: job.number)?.attempts == 1)
            await other.close()
        }
    }

    @Test func `an executor whose job went to another one changes nothing more`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let late = try await catalog.queue.claimed("a", by: holder)
            let recovery = try await catalog.believing({ _ in false }).control.recover()
            #expect(recovery.ready == [late.number])
            let present = try #require(
                try await catalog.queue.claim(number: late.number, owner: holder.id)
            )
            let before = try await catalog.list.job(number: late.number)
            let segments = SegmentMap([ByteRange(0, 9)])
            #expect(
                try await !catalog.recorder.checkpoint(
                    late,
                    segments: segments,
                    bytesDone: 9,
                    transferSeconds: 1
                )
            )
            #expect(try await !catalog.recorder.restart(late))
            #expect(
                try await catalog.recorder.finalizing(late, target: target, verification: nil)
                    == .lost
            )
            #expect(try await catalog.recorder.failed(late, failure: broken) == nil)
            #expect(try await catalog.recorder.paused(late, by: .person) == nil)
            #expect(try await catalog.recorder.interrupted(late) == nil)
            #expect(try await catalog.recorder.cancelled(late) == nil)
            #expect(try await catalog.recorder.skipped(late, reason: "x", destination: nil) == nil)
            #expect(try await catalog.list.job(number: late.number) == before)
            #expect(
                try await catalog.recorder.finalizing(present, target: target, verification: nil)
                    == .recorded([])
            )
            #expect(try await catalog.recorder.succeeded(late, completion: completion) == nil)
            #expect(try await catalog.recorder.succeeded(present, completion: completion) != nil)
        }
    }

    @Test func `two unfinished jobs never take one file name`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let first = try await catalog.queue.claimed("a", by: holder)
            let second = try await catalog.queue.claimed("b", by: holder)
            func head(_ claim: Claim, _ name: String) async throws -> NameOutcome {
                try await catalog.recorder.recordHead(
                    claim,
                    RemoteFile(url: claim.job.request.url, validators: Validators()),
                    fileName: name
                )
            }
            #expect(try await head(first, "same") != .nameTaken)
            #expect(try await head(first, "same") != .nameTaken)
            #expect(try await head(second, "same") == .nameTaken)
            #expect(try await head(second, "same (1)") != .nameTaken)
            var taken = target
            taken.fileName = "same (1)"
            let outcome = try await catalog.recorder.finalizing(
                first,
                target: taken,
                verification: nil
            )
            #expect(outcome == .nameTaken)
            #expect(try await catalog.state(first.number) == .running)
            // A finished job gives its name back; a resumed one takes another if it is gone.
            _ = try await catalog.recorder.failed(first, failure: broken)
            #expect(try await head(second, "same") != .nameTaken)
            _ = try await catalog.control.makeReady(number: first.number)
            #expect(try await catalog.list.job(number: first.number)?.fileName == nil)
            #expect(try await catalog.list.job(number: second.number)?.fileName == "same")
        }
    }

    @Test func `a finished job is not resumed beside its successor`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            _ = try await catalog.recorder.failed(claim, failure: broken)
            let successor = try await catalog.queue.add("a")
            let failure = await #expect(throws: Failure.self) {
                try await catalog.control.makeReady(number: claim.number)
            }
            #expect(failure?.code == .exists)
            #expect(failure?.message.contains("job \(successor.number)") == true)
            #expect(try await catalog.control.remove(number: successor.number))
            #expect(try await catalog.control.makeReady(number: claim.number)?.count == 1)
        }
    }

    @Test func `the last twenty failures of a job are kept`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let job = try await catalog.queue.add("a")
            for attempt in 1...25 {
                let claim = try #require(
                    try await catalog.queue.claim(number: job.number, owner: holder.id)
                )
                let events = try await catalog.recorder.retrying(
                    claim,
                    failure: Failure(.network, "failure \(attempt)"),
                    retry: attempt,
                    maxRetries: 30,
                    runAt: start.addingTimeInterval(2.5),
                    now: start
                )
                let failure = Failure(.network, "failure \(attempt)")
                #expect(
                    events?.map(\.kind) == [
                        .retrying(retry: attempt, maxRetries: 30, delaySeconds: 2.5, error: failure)
                    ]
                )
            }
            let failures = try await catalog.list.failures(number: job.number)
            #expect(failures.map(\.attempt) == Array(6...25))
            #expect(failures.last?.failure.message == "failure 25")
            #expect(failures.last?.occurredAt == start)
        }
    }

    @Test func `what a cancelled task began is finished`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled { await Task.yield() }
                    let map = SegmentMap([ByteRange(0, 7)])
                    _ = try await catalog.recorder.checkpoint(
                        claim,
                        segments: map,
                        bytesDone: 7,
                        transferSeconds: 1
                    )
                    _ = try await catalog.recorder.interrupted(claim)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            let job = try #require(try await catalog.list.job(number: claim.number))
            #expect(job.state == .ready)
            #expect(job.bytesDone == 7)
        }
    }

    @Test(arguments: [JobState.ready, .failed, .running, .succeeded])
    func `a file on its way to its name has every byte, and keeps them unless it starts again`(
        next: JobState
    ) async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            let some = SegmentMap([ByteRange(0, 100), ByteRange(500, 600)])
            let isRecorded = try await catalog.recorder.checkpoint(
                claim,
                segments: some,
                bytesDone: some.count,
                transferSeconds: 1
            )
            #expect(isRecorded)
            let named = try await catalog.recorder.finalizing(
                claim,
                target: target,
                verification: nil
            )
            #expect(named == .recorded([]))
            let whole = SegmentMap([ByteRange(0, target.size)])
            #expect(try await catalog.list.segments(number: claim.number) == whole)
            // Somebody whose claim is not valid any more changes nothing about that.
            var late = claim
            late.epoch -= 1
            #expect(try await catalog.recorder.interrupted(late) == nil)
            #expect(try await catalog.list.segments(number: claim.number) == whole)
            switch next {
            case .ready: #expect(try await catalog.recorder.interrupted(claim) != nil)
            case .failed: #expect(try await catalog.recorder.failed(claim, failure: broken) != nil)
            case .running: #expect(try await catalog.recorder.restart(claim))
            default:
                let events = try await catalog.recorder.succeeded(claim, completion: completion)
                #expect(events?.count == 1)
            }
            #expect(try await catalog.state(claim.number) == next)
            let kept = next == .ready || next == .failed ? whole : SegmentMap()
            #expect(try await catalog.list.segments(number: claim.number) == kept)
        }
    }
}
