import ADMModel
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// The state machine: what the database allows and what each verb does from each state.
struct MoveTests {
    /// Puts one job into a state past all verbs and triggers.
    private static func force(_ state: JobState, in home: Home, owner: String) throws {
        try home.raw { database in
            let triggers = try Row.fetchAll(
                database,
                sql: "SELECT sql FROM sqlite_schema WHERE name IN ('job_moves', 'job_epoch_grows')"
            )
            try database.execute(sql: "DROP TRIGGER job_moves; DROP TRIGGER job_epoch_grows")
            try database.execute(
                sql: """
                    UPDATE job SET state = :state, epoch = 1, intent = NULL, attempt = 1,
                        owner = iif(:state IN ('running', 'finalizing'), :owner, NULL),
                        finished_at = iif(:state IN ('succeeded', 'failed', 'cancelled'), 1, NULL),
                        target_device = iif(:state = 'finalizing', 1, NULL),
                        target_inode = iif(:state = 'finalizing', 2, NULL),
                        target_size = iif(:state = 'finalizing', 3, NULL), file_name = 'f'
                    """,
                arguments: ["state": state.rawValue, "owner": owner]
            )
            for trigger in triggers { try database.execute(sql: trigger["sql"]) }
        }
    }

    @Test func `the database allows exactly the moves of the model`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            await catalog.close()
            for from in JobState.allCases {
                for next in JobState.allCases where next != from {
                    try MoveTests.force(from, in: home, owner: "x")
                    let isAllowed = try home.raw { database in
                        do {
                            try database.execute(
                                sql: """
                                    UPDATE job SET state = :state,
                                        owner = iif(:state IN ('running', 'finalizing'), 'x', NULL),
                                        finished_at = iif(:state IN ('succeeded', 'failed',
                                            'cancelled'), 1, NULL),
                                        target_device = iif(:state = 'finalizing', 1, NULL),
                                        target_inode = iif(:state = 'finalizing', 2, NULL),
                                        target_size = iif(:state = 'finalizing', 3, NULL)
                                    """,
                                arguments: ["state": next.rawValue]
                            )
                            return true
                        } catch let error as DatabaseError {
                            #expect(error.message == "a job cannot make this move")
                            return false
                        }
                    }
                    #expect(isAllowed == from.mayBecome(next), "\(from) to \(next)")
                }
            }
        }
    }

    @Test func `a job begins waiting and its epoch never shrinks`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            await catalog.close()
            try MoveTests.force(.running, in: home, owner: "x")
            try home.raw { database in
                #expect(throws: DatabaseError.self) {
                    try database.execute(sql: "UPDATE job SET epoch = 0")
                }
                for state in ["running", "succeeded", "done"] {
                    #expect(throws: DatabaseError.self) {
                        try database.execute(
                            sql: """
                                INSERT INTO job (id, state, sort_key, run_at, priority, created_at,
                                    updated_at, host, url, directory, uniq, withheld, request)
                                VALUES ('01J00000000000000000000000', ?, 0, 0, 0, 0, 0, 'h', 'u',
                                    '/d', 'k', '[]', '{}')
                                """,
                            arguments: [state]
                        )
                    }
                }
            }
        }
    }

    /// A verb, and the state that it leads to from each state from which it may be used.
    private struct Verb: Sendable {
        let name: String
        let moves: [JobState: JobState]
        let run: @Sendable (Catalog, Claim) async throws -> Bool
    }

    private static let executing: [JobState] = [.running, .finalizing]

    private static let verbs: [Verb] = [
        Verb(name: "claim", moves: [.ready: .running, .retrying: .running]) { catalog, claim in
            try await catalog.queue.claim(number: claim.number, owner: "o") != nil
        },
        Verb(
            name: "makeReady",
            moves: [.paused: .ready, .retrying: .ready, .failed: .ready, .cancelled: .ready]
        ) { catalog, claim in try await catalog.control.makeReady(number: claim.number) != nil },
        Verb(name: "recordHead", moves: [.running: .running]) { catalog, claim in
            try await catalog.recorder.recordHead(
                claim,
                RemoteFile(url: claim.job.request.url, validators: Validators(length: 5)),
                fileName: "name"
            ) != .lost
        },
        Verb(name: "checkpoint", moves: [.running: .running]) { catalog, claim in
            try await catalog.recorder.checkpoint(
                claim,
                segments: SegmentMap([ByteRange(0, 4)]),
                bytesDone: 4,
                transferSeconds: 1
            )
        },
        Verb(name: "restart", moves: [.running: .running, .finalizing: .running]) {
            try await $0.recorder.restart($1)
        },
        Verb(name: "validating", moves: [.running: .running]) {
            try await $0.recorder.validating($1, algorithm: .sha256) != nil
        },
        Verb(name: "finalizing", moves: [.running: .finalizing, .finalizing: .finalizing]) {
            try await $0.recorder.finalizing($1, target: target, verification: nil) != .lost
        },
        Verb(name: "succeeded", moves: [.finalizing: .succeeded]) {
            try await $0.recorder.succeeded($1, completion: completion) != nil
        },
        Verb(name: "skipped", moves: [.running: .succeeded, .finalizing: .succeeded]) {
            try await $0.recorder.skipped($1, reason: "file_exists", destination: "/downloads/f")
                != nil
        },
        Verb(name: "failed", moves: [.running: .failed, .finalizing: .failed]) {
            try await $0.recorder.failed($1, failure: broken) != nil
        },
        Verb(name: "retrying", moves: [.running: .retrying]) { catalog, claim in
            try await catalog.recorder.retrying(
                claim,
                failure: broken,
                retry: 1,
                maxRetries: 3,
                runAt: start
            ) != nil
        },
        Verb(name: "paused", moves: [.running: .paused]) {
            try await $0.recorder.paused($1, by: .person) != nil
        },
        Verb(name: "interrupted", moves: [.running: .ready, .finalizing: .ready]) {
            try await $0.recorder.interrupted($1) != nil
        },
        Verb(name: "cancelled", moves: [.running: .cancelled]) {
            try await $0.recorder.cancelled($1) != nil
        },
        Verb(
            name: "cancel",
            moves: [
                .scheduled: .cancelled, .ready: .cancelled, .paused: .cancelled,
                .retrying: .cancelled, .blocked: .cancelled, .running: .cancelled,
            ]
        ) { catalog, claim in
            if case .cancelled = try await catalog.control.cancel(number: claim.number) {
                true
            } else {
                false
            }
        },
        Verb(name: "recover", moves: [.running: .ready]) { catalog, _ in
            try await !catalog.control.recover().ready.isEmpty
        },
        Verb(name: "claimFinalizing", moves: [.finalizing: .finalizing]) { catalog, claim in
            try await catalog.control.claimFinalizing(number: claim.number, owner: "o") != nil
        },
    ]

    @Test func `each verb moves a job from its states and from no other`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            let job = try await catalog.queue.add("a")
            // "dead" is no living process, so nobody is waited for.
            let claim = Claim(job: job, epoch: 1, owner: "dead", segments: SegmentMap())
            for verb in MoveTests.verbs {
                for from in JobState.allCases {
                    try MoveTests.force(from, in: home, owner: "dead")
                    let before = try await catalog.list.job(number: job.number)
                    let events = try await catalog.list.events(limit: 999).count
                    let won = try await verb.run(catalog, claim)
                    let after = try await catalog.list.job(number: job.number)
                    #expect(won == (verb.moves[from] != nil), "\(verb.name) from \(from)")
                    #expect(after?.state == verb.moves[from] ?? from, "\(verb.name) from \(from)")
                    if !won {
                        #expect(after == before, "\(verb.name) from \(from)")
                        #expect(try await catalog.list.events(limit: 999).count == events)
                    }
                }
            }
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
        }
    }

    @Test func `a job is removed from each state in which nobody executes it`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            for state in JobState.allCases {
                let job = try await catalog.queue.add("a")
                try MoveTests.force(state, in: home, owner: "dead")
                let isHeld = MoveTests.executing.contains(state)
                #expect(try await catalog.control.remove(number: job.number) == !isHeld, "\(state)")
                let isThere = try await catalog.list.job(number: job.number) != nil
                #expect(isThere == isHeld)
                guard isHeld else { continue }
                try MoveTests.force(.ready, in: home, owner: "dead")
                #expect(try await catalog.control.remove(number: job.number))
            }
            let failure = await #expect(throws: Failure.self) {
                try await catalog.control.remove(number: 1)
            }
            #expect(failure?.code == .jobNotFound)
            // No number is given twice.
            #expect(try await catalog.queue.add("a").number == Int64(JobState.allCases.count + 1))
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
        }
    }
}
