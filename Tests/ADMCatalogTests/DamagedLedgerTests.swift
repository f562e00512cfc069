import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// A ledger with numbers that no adm wrote is made again, at once and for everybody.
@Suite(.timeLimit(.minutes(5))) struct DamagedLedgerTests {
    private func fill(_ home: Home) async throws {
        let ledger = Ledger(home.layout)
        try await ledger.transact(own: nil) { state in
            let now = BootClock.now
            state.holders["h"] = LedgerHolder(process: 1, role: "run", capacity: 9, joinedAt: now)
            state.shares["w"] = LedgerShare(name: "work", share: WorkspaceShare(), usageAt: now)
            state.lastSerial += 1
            let serial = state.lastSerial
            state.leases[serial] = Lease(
                serial: serial,
                holder: "h",
                workspace: "w",
                job: 7,
                host: "example.org",
                state: .held,
                grantedAt: now
            )
            let key = Waiter.Key(holder: "h", workspace: "w")
            state.waiters[key] = Waiter(
                key: key,
                candidates: [.init(job: 1, host: "a.org", origin: "http://a.org")],
                sortKey: -5,
                demand: 2,
                serial: serial,
                since: now
            )
            state.coolDowns["http://slow.org"] = LedgerCoolDown(
                until: now + 5000,
                asked: now + 9000,
                refusals: 1
            )
            state.flows[.init(holder: "h", workspace: "w", host: "a.org")] = LedgerFlow(
                weight: 2,
                demand: 5
            )
        }
        await ledger.close()
    }

    /// Every column with a number, and what is nonsense there whatever the time is.
    @Test func `nonsense in any column makes a new ledger`() async throws {
        var columns: [Extremes.Column] = []
        try await Home.with { home in
            try await fill(home)
            columns = try raw(home) { try Extremes.columns($0) }
        }
        #expect(Set(columns.map(\.table)) == Set(LedgerTables.names))
        // A job may have any number, a truth any value, and a limit any of a thousand.
        let free: Set<String> = ["lease.job", "lease.is_resumable", "workspace.is_paused"]
        let extremes = ["9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "9e999"]
        for column in columns {
            for value in Extremes.values {
                try await Home.with { home in
                    try await fill(home)
                    guard try raw(home, { try Extremes.put(value, into: column, $0) }) else {
                        return
                    }
                    let ledger = Ledger(home.layout)
                    let before = BootClock.now
                    let state = try await ledger.transact(own: nil) { $0 }
                    let isNew = state.leases.isEmpty
                    if extremes.contains(value), !free.contains(column.description) {
                        // SQLite keeps an infinity where a REAL may be, and a flow may have none.
                        let isNone = column.name == "demand" && state.flows.values.isEmpty == isNew
                        #expect(isNew || isNone, "\(column) = \(value)")
                    }
                    check(state, since: before, "\(column) = \(value)")
                    // The next one finds it sound.
                    let again = try await Ledger(home.layout).transact(own: nil) { $0 }
                    #expect(again.generation == state.generation, "\(column) = \(value)")
                    await ledger.close()
                }
            }
        }
    }

    /// Whatever is in it can be worked with, and nobody waits for years.
    private func check(_ state: LedgerState, since before: Int64, _ place: String) {
        let day = before + 86_400_000 + 60_000
        #expect(state.quietUntil <= before + 60_000, "\(place)")
        #expect((0..<(1 << 62)).contains(state.lastSerial), "\(place)")
        #expect((0...1000).contains(state.limits.slots), "\(place)")
        #expect(
            state.coolDowns.values.allSatisfy {
                (0...day).contains($0.until) && (0...day).contains($0.asked)
            },
            "\(place)"
        )
        for share in state.shares.values {
            #expect(share.usage.isFinite && share.usage >= 0, "\(place)")
            #expect((0...day).contains(share.usageAt), "\(place)")
            #expect(share.share.weight >= 1, "\(place)")
        }
        for flow in state.flows.values {
            #expect(flow.weight > 0 && !flow.demand.isNaN, "\(place)")
        }
        for waiter in state.waiters.values {
            #expect((0...100_000).contains(waiter.demand), "\(place)")
        }
    }

    private func raw<R>(_ home: Home, _ body: (Database) throws -> R) throws -> R {
        let queue = try DatabaseQueue(path: home.layout.ledger)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }
}
