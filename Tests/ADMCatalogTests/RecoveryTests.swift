import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// What is made of the jobs of processes that died, and of files that a crash left behind.
struct RecoveryTests {
    @Test func `K1 jobs of a dead process are ready again, those of a living one are not`()
        async throws
    {
        try await Home.withCatalog { home, catalog, living in
            let dead = try LivenessLock(in: home.layout)
            let mine = try await catalog.queue.claimed("mine", by: living)
            let theirs = try await catalog.queue.claimed("theirs", by: dead)
            let map = SegmentMap([ByteRange(0, 10)])
            _ = try await catalog.recorder.checkpoint(
                theirs,
                segments: map,
                bytesDone: 10,
                transferSeconds: 1
            )
            #expect(try await catalog.control.recover() == Recovery())
            dead.end()
            let recovery = try await catalog.control.recover()
            #expect(recovery.ready == [theirs.number])
            #expect(recovery.events == [])
            #expect(try await catalog.state(mine.number) == .running)
            let next = try #require(
                try await catalog.queue.claim(number: theirs.number, owner: living.id)
            )
            #expect(next.segments == map)
            #expect(try await catalog.control.recover() == Recovery())
        }
    }

    @Test func `a move to the final name that a dead process began is finished by another`()
        async throws
    {
        try await Home.withCatalog { home, catalog, living in
            let dead = try LivenessLock(in: home.layout)
            let claim = try await catalog.queue.claimed("a", by: dead)
            let checksum = try Checksum(.md5, hex: String(repeating: "a", count: 32))
            let verification = Verification(checksum: checksum, source: .request)
            _ = try await catalog.recorder.finalizing(
                claim,
                target: target,
                verification: verification
            )
            let early = try await catalog.control.claimFinalizing(
                number: claim.number,
                owner: living.id
            )
            #expect(early == nil)
            dead.end()
            #expect(try await catalog.control.recover().finalizing == [claim.number])
            let found = try await catalog.control.claimFinalizing(
                number: claim.number,
                owner: living.id
            )
            let taken = try #require(found)
            #expect(taken.target == target)
            #expect(taken.job.verification == verification)
            #expect(taken.epoch == claim.epoch + 1)
            let second = try await catalog.control.claimFinalizing(
                number: claim.number,
                owner: living.id
            )
            #expect(second == nil)
            #expect(try await catalog.recorder.succeeded(claim, completion: completion) == nil)
            #expect(try await catalog.recorder.succeeded(taken, completion: completion)?.count == 1)
        }
    }

    @Test func `a wish to cancel reaches a living process and outlives a dead one`() async throws {
        try await Home.withCatalog { home, catalog, living in
            let mortal = try LivenessLock(in: home.layout)
            let claim = try await catalog.queue.claimed("a", by: mortal)
            let mine = try await catalog.queue.claimed("b", by: living)
            #expect(try await catalog.control.cancel(number: claim.number) == .requested)
            #expect(try await catalog.control.cancel(number: mine.number) == .requested)
            #expect(try await catalog.recorder.intents(for: living.id) == [mine.number: .cancel])
            #expect(try await catalog.state(mine.number) == .running)
            let obeyed = try await catalog.recorder.cancelled(mine)
            #expect(obeyed?.map(\.kind) == [.cancelled(from: .running)])
            #expect(try await catalog.recorder.intents(for: living.id) == [:])
            mortal.end()
            let recovery = try await catalog.control.recover()
            #expect(recovery.cancelled == [claim.number])
            #expect(recovery.events.map(\.kind) == [.cancelled(from: .running)])
            #expect(try await catalog.state(claim.number) == .cancelled)
            #expect(
                try await catalog.control.cancel(number: claim.number) == .unchanged(.cancelled)
            )
        }
    }

    @Test func `CF5 the files of a process that died in the middle open right`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            for index in 0..<50 { _ = try await catalog.queue.add("file-\(index)") }
            let copy = try home.copy()
            #expect(try home.bytes(copy.workspace.database + "-wal").count > 10_000)
            let again = try await copy.open()
            #expect(try await again.list.jobs(limit: 99) == catalog.list.jobs(limit: 99))
            #expect(try await again.list.events(limit: 99) == catalog.list.events(limit: 99))
            #expect(try await again.state(claim.number) == .running)
            #expect(try await again.list.quickCheck() == [])
            await again.close()
        }
    }

    @Test func `CF11 a WAL that was cut anywhere gives an earlier state, never a wrong one`()
        async throws
    {
        try await Home.withCatalog { home, catalog, holder in
            for index in 0..<10 {
                let claim = try await catalog.queue.claimed("file-\(index)", by: holder)
                _ = try await catalog.recorder.failed(claim, failure: broken)
            }
            let whole = try home.copy()
            let log = try home.bytes(whole.workspace.database + "-wal")
            var counts: [Int] = []
            for length in stride(from: 0, through: log.count, by: max(1, log.count / 40)) {
                let torn = try whole.copy()
                let path = torn.workspace.database + "-wal"
                try log.prefix(length).write(to: URL(fileURLWithPath: path))
                // The rest of the page that was being written is garbage.
                let handle = try #require(FileHandle(forWritingAtPath: path))
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(repeating: 0xA5, count: 1000))
                try handle.close()
                let opened = try await torn.open()
                #expect(try await opened.list.quickCheck() == [], "cut at \(length)")
                counts.append(try await opened.list.events(limit: 99).count)
                _ = try await opened.queue.add("after")
                await opened.close()
            }
            #expect(counts == counts.sorted())
            #expect(counts.first == 0)
            #expect(counts.last ?? 0 > 15)
        }
    }

    @Test func `the WAL is emptied when it grew, and readers still see one state`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            let other = try await home.open()
            let path = home.workspace.database + "-wal"
            // Many ranges make each checkpoint of the job write some dozen pages.
            let map = SegmentMap((0..<5000).map { ByteRange(Int64($0) * 10, Int64($0) * 10 + 5) })
            var sizes: [Int] = []
            while sizes.count < 500, sizes.last ?? 0 >= sizes.max() ?? 0 {
                let round = Int64(sizes.count) + 1
                _ = try await catalog.recorder.checkpoint(
                    claim,
                    segments: map,
                    bytesDone: round,
                    transferSeconds: 1
                )
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                sizes.append(try #require(size))
                #expect(try await other.list.job(number: claim.number)?.bytesDone == round)
            }
            let largest = try #require(sizes.max())
            #expect(try #require(sizes.last) < largest, "the WAL was never emptied")
            #expect(largest < 2 * Int(Connection.walLimit))
            await other.close()
        }
    }
}
