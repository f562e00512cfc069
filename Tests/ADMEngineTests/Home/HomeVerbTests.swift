import ADMEngine
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// What the command line can do with workspaces, settings and the budget, a program can do through `Home`, with
/// the same refusals.
@Suite(.timeLimit(.minutes(1))) struct HomeVerbTests {
    private func with(_ body: @Sendable (Home) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            try await body(Home(environment: ["HOME": root, "ADM_HOME": root + "/.adm"]))
        }
    }

    private func name(_ text: String) throws -> WorkspaceName { try WorkspaceName(text) }

    @Test func `adm ws: create, list, show, rename, rm, restore and use`() async throws {
        try await with { home in
            try await home.create(name("work"))
            await expectFailure(.exists, "work") { try await home.create(name("work")) }
            await expectFailure(.configuration) {
                try await home.create(name("other"), template: "nonsense")
            }
            await expectFailure(.usage) {
                try await home.create(name("other"), directory: "relative")
            }
            #expect(try await home.names() == [name("work")])
            #expect(try await home.list().map(\.name) == ["work"])
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try await home.show(name("wrok"))
            }
            try await home.create(name("acme"))
            await expectFailure(.exists) { try await home.rename(name("work"), to: name("acme")) }
            try await home.rename(name("work"), to: name("old"))
            let use = try await home.use(name("old"))
            #expect(use.previous == .standard)
            await expectFailure(.refused, "current workspace") {
                try await home.remove(name("old"))
            }
            await expectFailure(.refused, "default") { try await home.remove(.standard) }
            let identity = try await home.show(name("acme")).identity
            await expectFailure(.workspaceNotFound) {
                try await home.remove(name("acme"), expecting: UUID())
            }
            try await home.remove(name("acme"), expecting: identity)
            #expect(try await home.trash().map(\.name) == ["acme"])
            await expectFailure(.exists) { try await home.restore(name("acme"), as: name("old")) }
            #expect(try await home.restore(name("acme")) == name("acme"))
            await expectFailure(.workspaceNotFound) { try await home.restore(name("acme")) }
        }
    }

    @Test func `adm profile: set, unset, show and validate`() async throws {
        try await with { home in
            try await home.create(name("work"))
            let work = try await home.selection(of: name("work"))
            try await home.set("retries", to: ["7"], in: work)
            #expect(try await home.profile(of: work).contains("retries = 7"))
            #expect(try await home.settings(of: work).transfer.retry.limit == 7)
            await expectFailure(.configuration, "did you mean retries?") {
                try await home.set("retrys", to: ["7"], in: work)
            }
            await expectFailure(.configuration) {
                try await home.set("retries", to: ["many"], in: work)
            }
            await expectFailure(.workspaceNotFound) {
                try await home.selection(of: name("none"))
            }
            #expect(try await home.unset("retries", in: work))
            #expect(try await !home.unset("retries", in: work))
            try await home.validate(work)
        }
    }

    @Test func `adm budget and adm ws set: limits, shares, pauses`() async throws {
        try await with { home in
            try await home.create(name("work"))
            let limits = try await home.setBudget(
                BudgetChange(slots: 3, rate: Rate(ByteCount(1_000_000)))
            )
            #expect(limits.slots == 3 && limits.rate == Rate(ByteCount(1_000_000)))
            await expectFailure(.configuration) {
                try await home.setBudget(BudgetChange(slots: 100_000))
            }
            #expect(try await home.budgetReport().limits.slots == 3)
            let share = try await home.setShare(
                of: name("work"),
                ShareChange(weight: 3, isPaused: true)
            )
            #expect(share.weight == 3 && share.isPaused)
            await expectFailure(.configuration, "min-slots") {
                try await home.setShare(of: name("work"), ShareChange(minSlots: 4, maxSlots: 2))
            }
            await expectFailure(.workspaceNotFound) {
                try await home.setShare(of: name("none"), ShareChange(isPaused: true))
            }
            #expect(try await home.endCoolDowns() == [])
        }
    }
}
