import ADMEngine
import ADMModel
import Foundation
import Testing

@Suite struct TrashTests {
    private static let day: TimeInterval = 86_400

    @Test func `after seven days the next change of any workspace deletes it`() async throws {
        try await TestHome.with { home async throws in
            var home = home
            try await home.create("old", "new")
            try await home.library().remove("old")
            home.now += 4 * Self.day
            try await home.library().remove("new")
            home.now += 3 * Self.day - 1
            #expect(try await home.library().trash().map(\.name) == ["new", "old"])
            home.now += 1
            #expect(try await home.library().trash().map(\.name) == ["new"])
            #expect(try home.entries(home.layout.trash).count == 2)
            try await home.create("other")
            #expect(try home.entries(home.layout.trash).count == 1)
        }
    }

    @Test func `the newest of several with one name comes back`() async throws {
        try await TestHome.with { home async throws in
            var home = home
            var identities: [UUID] = []
            for _ in 0..<2 {
                try await home.create("work")
                identities.append(try await home.library().selection(workspace: "work").identity)
                try await home.library().remove("work")
                home.now += 60
            }
            let library = try home.library()
            try await library.restore(WorkspaceName("work"))
            #expect(try await library.selection(workspace: "work").identity == identities[1])
            try await library.restore(WorkspaceName("work"), as: WorkspaceName("older"))
            #expect(try await library.selection(workspace: "older").identity == identities[0])
        }
    }

    @Test func `a taken name is refused with the way around it`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try await home.library().remove("work")
            try await home.create("work")
            await expectFailure(.exists, "--as") {
                try await home.library().restore(WorkspaceName("work"))
            }
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try await home.library().restore(WorkspaceName("wrk"))
            }
        }
    }

    @Test func `names with hyphens and digits are told apart from the rest of the entry`()
        async throws
    {
        try await TestHome.with { home async throws in
            let name = "a-1-2026"
            try await home.create(name)
            let removal = try await home.library().remove(name)
            #expect(removal.trashed.name == name)
            #expect(removal.trashed.removedAt == home.now)
            #expect(try await home.library().trash() == [removal.trashed])
        }
    }

    @Test func `K1 what a killed process was deleting is never brought back in part`()
        async throws
    {
        try await TestHome.with { home async throws in
            try home.write("half", to: home.layout.trash + "/.gone-4f6c/profile.toml")
            try home.write("foreign", to: home.layout.trash + "/notes.txt")
            #expect(try await home.library().trash() == [])
            try await home.create("work")
            #expect(try home.entries(home.layout.trash) == ["notes.txt"])
        }
    }
}
