import ADMEngine
import ADMModel
import Foundation
import Testing

@Suite struct TrashTests {
    private static let day: TimeInterval = 86_400

    @Test func `after seven days the next change of any workspace deletes it`() async throws {
        try await TestHome.with { home async throws in
            var home = home
            try home.create("old", "new")
            try await home.workspaces().remove("old")
            home.now += 4 * Self.day
            try await home.workspaces().remove("new")
            home.now += 3 * Self.day - 1
            #expect(try home.workspaces().trash().map(\.name) == ["new", "old"])
            home.now += 1
            #expect(try home.workspaces().trash().map(\.name) == ["new"])
            #expect(try home.entries(home.layout.trash).count == 2)
            try home.create("other")
            #expect(try home.entries(home.layout.trash).count == 1)
        }
    }

    @Test func `the newest of several with one name comes back`() async throws {
        try await TestHome.with { home async throws in
            var home = home
            var identities: [UUID] = []
            for _ in 0..<2 {
                try home.create("work")
                identities.append(try home.workspaces().select(flag: "work").identity)
                try await home.workspaces().remove("work")
                home.now += 60
            }
            let workspaces = try home.workspaces()
            try workspaces.restore(WorkspaceName("work"))
            #expect(try workspaces.select(flag: "work").identity == identities[1])
            try workspaces.restore(WorkspaceName("work"), as: WorkspaceName("older"))
            #expect(try workspaces.select(flag: "older").identity == identities[0])
        }
    }

    @Test func `a taken name is refused with the way around it`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            try await home.workspaces().remove("work")
            try home.create("work")
            await expectFailure(.exists, "--as") {
                try home.workspaces().restore(WorkspaceName("work"))
            }
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try home.workspaces().restore(WorkspaceName("wrk"))
            }
        }
    }

    @Test func `names with hyphens and digits are told apart from the rest of the entry`()
        async throws
    {
        try await TestHome.with { home async throws in
            let name = "a-1-2026"
            try home.create(name)
            let removal = try await home.workspaces().remove(name)
            #expect(removal.trashed.name == name)
            #expect(removal.trashed.removedAt == home.now)
            #expect(try home.workspaces().trash() == [removal.trashed])
        }
    }

    @Test func `K1 what a killed process was deleting is never brought back in part`()
        async throws
    {
        try await TestHome.with { home async throws in
            try home.write("half", to: home.layout.trash + "/.gone-4f6c/profile.toml")
            try home.write("foreign", to: home.layout.trash + "/notes.txt")
            #expect(try home.workspaces().trash() == [])
            try home.create("work")
            #expect(try home.entries(home.layout.trash) == ["notes.txt"])
        }
    }
}
