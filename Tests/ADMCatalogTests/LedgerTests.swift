import ADMModel
import ADMSystem
import Foundation
import Testing

@testable import ADMCatalog

/// The ledger's file: what is kept, and what happens when it is lost.
struct LedgerTests {
    private func with(
        _ body: (Home, Ledger, LivenessLock) async throws -> Void
    ) async throws {
        try await Home.with { home in
            let holder = try LivenessLock(in: home.layout)
            let ledger = Ledger(home.layout)
            try await body(home, ledger, holder)
            await ledger.close()
        }
    }

    private static func lease(_ serial: Int64, _ holder: String) -> Lease {
        Lease(
            serial: serial,
            holder: holder,
            workspace: "w",
            job: 7,
            host: "example.org",
            origin: "http://example.org",
            state: .held,
            isResumable: false,
            grantedAt: 12
        )
    }

    @Test func `everything that is put into it is there for the next process`() async throws {
        try await with { home, ledger, holder in
            let id = holder.id
            let hours = try #require(Rate(parsing: "1000 08:00-18:00 mon-fri; 5"))
            let written = try await ledger.transact(own: id) { state in
                state.limits = BudgetLimits(slots: 3, perHost: 2, rate: hours)
                state.holders[id] = LedgerHolder(
                    process: 42,
                    role: "run",
                    capacity: 9,
                    joinedAt: 5
                )
                state.shares["w"] = LedgerShare(
                    name: "work",
                    share: WorkspaceShare(
                        weight: 3,
                        minSlots: 1,
                        maxSlots: 4,
                        isPaused: true,
                        rate: Rate(ByteCount(7))
                    ),
                    usage: 1.5,
                    usageAt: 77
                )
                state.leases[9] = LedgerTests.lease(9, id)
                let key = Waiter.Key(holder: id, workspace: "w")
                state.waiters[key] = Waiter(
                    key: key,
                    candidates: [
                        .init(job: 1, host: "a.org", origin: "https://a.org"),
                        .init(job: nil, host: "::1", origin: "http://[::1]:8080"),
                        .init(job: 2, host: "b.org"),
                    ],
                    sortKey: -5,
                    demand: 2,
                    serial: 4,
                    since: 6
                )
                state.coolDowns["http://slow.org:81"] = LedgerCoolDown(
                    until: 99,
                    asked: 999,
                    refusals: 3
                )
                for (host, demand) in [("a.org", 12.5), ("b.org", Double.infinity)] {
                    state.flows[.init(holder: id, workspace: "w", host: host)] = LedgerFlow(
                        weight: 2,
                        demand: demand
                    )
                }
                return state
            }
            let other = Ledger(home.layout)
            let read = try await other.transact(own: nil) { $0 }
            #expect(read == written)
            await other.close()
            let permissions = try FileManager.default.attributesOfItem(atPath: home.layout.ledger)
            #expect(permissions[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a ledger that was removed is made again although it is open here`() async throws {
        try await with { home, ledger, holder in
            let id = holder.id
            let first = try await ledger.transact(own: id) { state in
                state.leases[1] = LedgerTests.lease(1, id)
                return state.generation
            }
            try FileManager.default.removeItem(atPath: home.layout.ledger)
            let second = try await ledger.transact(own: id) { $0 }
            #expect(second.generation != first)
            #expect(second.leases.isEmpty)
            #expect(second.quietUntil == 0)
            #expect(second.lastSerial > 1)
        }
    }

    @Test func `a new ledger is quiet while processes live that may have leases`() async throws {
        try await with { home, ledger, holder in
            let other = try LivenessLock(in: home.layout)
            let calm = try await ledger.transact(own: holder.id) { $0.quietUntil }
            #expect(calm == 0)
            other.becomeMember()
            try FileManager.default.removeItem(atPath: home.layout.ledger)
            let before = BootClock.now
            let quiet = try await ledger.transact(own: holder.id) { $0.quietUntil }
            #expect(quiet >= before + Ledger.quietTime)
            withExtendedLifetime(other) {}
        }
    }

    @Test(arguments: ["no database", "\0\0\0\0", "SQLite format 3\0 and then nonsense"])
    func `a damaged ledger is put aside`(_ content: String) async throws {
        try await with { home, ledger, holder in
            _ = try await ledger.transact(own: holder.id) { $0.generation }
            await ledger.close()
            let filler = String(repeating: content, count: 5000)
            try filler.write(toFile: home.layout.ledger, atomically: true, encoding: .utf8)
            let state = try await ledger.transact(own: holder.id) { $0 }
            #expect(state.leases.isEmpty)
            #expect(FileManager.default.fileExists(atPath: home.layout.ledger + ".damaged"))
        }
    }

    @Test func `K7 leases of an earlier start of the machine are gone`() async throws {
        try await with { home, ledger, holder in
            let id = holder.id
            _ = try await ledger.transact(own: id) { $0.leases[1] = LedgerTests.lease(1, id) }
            await ledger.close()
            try run("/usr/bin/sqlite3", home.layout.ledger, "UPDATE ledger SET boot = 'before'")
            let state = try await ledger.transact(own: id) { $0 }
            #expect(state.leases.isEmpty)
        }
    }

    @Test func `a ledger of a newer adm is refused and left alone`() async throws {
        try await with { home, ledger, holder in
            _ = try await ledger.transact(own: holder.id) { $0.generation }
            await ledger.close()
            try run("/usr/bin/sqlite3", home.layout.ledger, "PRAGMA user_version = 99")
            await #expect(throws: Failure.self) {
                try await ledger.transact(own: holder.id) { $0.generation }
            }
            #expect(!FileManager.default.fileExists(atPath: home.layout.ledger + ".damaged"))
        }
    }

    @Test func `a process is woken by others, and by nobody's name but its own`() async throws {
        try await Home.with { home in
            let holder = try LivenessLock(in: home.layout)
            let other = try LivenessLock(in: home.layout)
            var wakes = holder.wakeUps(in: home.layout).makeAsyncIterator()
            var others = other.wakeUps(in: home.layout).makeAsyncIterator()
            LivenessLock.wake(id: "../../etc/passwd", in: home.layout)
            LivenessLock.wake(id: holder.id, in: home.layout)
            #expect(await wakes.next() != nil)
            LivenessLock.wakeAll(in: home.layout)
            #expect(await wakes.next() != nil)
            #expect(await others.next() != nil)
            #expect(LivenessLock.isAlive(id: holder.id, in: home.layout))
        }
    }
}
