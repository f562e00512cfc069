import ADMModel
import ADMSystem
import Testing

@testable import ADMCatalog

/// Who dies with its process twice is a suspect; who dies alone is guilty.
struct SuspectTests {
    private static let nobodyLives: @Sendable (String) -> Bool = { _ in false }

    /// Lets a process that runs some jobs die.
    private func die(_ catalog: Catalog, _ holder: LivenessLock, running jobs: [Int64]) async throws
    {
        for number in jobs {
            #expect(try await catalog.queue.claim(number: number, owner: holder.id) != nil)
        }
        let recovery = try await catalog.believing(Self.nobodyLives).control.recover()
        #expect(recovery.ready == jobs)
        #expect(recovery.poisoned.isEmpty)
    }

    @Test func `after two deaths all of them are suspects, and nobody takes them with others`()
        async throws
    {
        try await Home.withCatalog { _, catalog, holder in
            for name in ["a", "b", "c"] { _ = try await catalog.queue.add(name) }
            try await die(catalog, holder, running: [1, 2])
            #expect(try await catalog.queue.suspects(for: holder.id).isEmpty)
            try await die(catalog, holder, running: [1, 2])
            #expect(try await catalog.queue.suspects(for: holder.id).map(\.number) == [1, 2])
            let taken = try await catalog.queue.claimNext(
                count: 9,
                host: "example.org",
                owner: holder.id
            )
            #expect(taken.claims.map(\.number) == [3])
            #expect(try await !catalog.queue.isDrained())
            let head = try await catalog.queue.head(of: .workspace, owner: holder.id)
            #expect(head.count == 0)
        }
    }

    @Test func `Q4 only a job that dies alone is poison, and its neighbours are not`() async throws
    {
        try await Home.withCatalog { _, catalog, holder in
            for name in ["guilty", "innocent"] { _ = try await catalog.queue.add(name) }
            for _ in 1...2 { try await die(catalog, holder, running: [1, 2]) }
            // However often they die together, nobody is blamed.
            for _ in 1...3 { try await die(catalog, holder, running: [1, 2]) }
            let taken = try await catalog.queue.claimAlone(number: 1, owner: holder.id)
            #expect(taken.claims.map(\.number) == [1])
            let recovery = try await catalog.believing(Self.nobodyLives).control.recover()
            #expect(recovery.poisoned == [1])
            #expect(try await catalog.list.job(number: 1)?.failure?.code == .poison)
            #expect(try await catalog.queue.suspects(for: holder.id).map(\.number) == [2])
            let alone = try await catalog.queue.claimAlone(number: 2, owner: holder.id)
            let claim = try #require(alone.claims.first)
            _ = try await catalog.recorder.finalizing(claim, target: target, verification: nil)
            #expect(try await catalog.recorder.succeeded(claim, completion: completion) != nil)
            #expect(try await catalog.control.makeReady(number: 1)?.count == 1)
            #expect(try await catalog.queue.suspects(for: holder.id).isEmpty)
        }
    }

    @Test func `a suspect that gains bytes or survives its attempt is cleared`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            for name in ["a", "b", "c"] { _ = try await catalog.queue.add(name) }
            for _ in 1...2 { try await die(catalog, holder, running: [1, 2, 3]) }
            let gaining = try await catalog.queue.claimAlone(number: 1, owner: holder.id)
            #expect(try await !catalog.queue.isCleared(number: 1))
            _ = try await catalog.recorder.checkpoint(
                try #require(gaining.claims.first),
                segments: SegmentMap([ByteRange(0, 5)]),
                bytesDone: 5,
                transferSeconds: 1
            )
            #expect(try await catalog.queue.isCleared(number: 1))
            let failing = try await catalog.queue.claimAlone(number: 2, owner: holder.id)
            _ = try await catalog.recorder.retrying(
                try #require(failing.claims.first),
                failure: broken,
                retry: 1,
                maxRetries: 3,
                runAt: start
            )
            #expect(try await catalog.queue.isCleared(number: 2))
            // To be stopped before anything happened proves nothing.
            let stopped = try await catalog.queue.claimAlone(number: 3, owner: holder.id)
            _ = try await catalog.recorder.interrupted(try #require(stopped.claims.first))
            #expect(try await catalog.queue.suspects(for: holder.id).map(\.number) == [3])
        }
    }
}
