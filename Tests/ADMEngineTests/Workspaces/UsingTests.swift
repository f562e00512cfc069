import ADMEngine
import ADMModel
import Testing

@Suite struct UsingTests {
    @Test func `the one before comes back, and again`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let workspaces = try home.workspaces()
            #expect(try workspaces.use(WorkspaceName("a")).previous == .standard)
            try workspaces.use(WorkspaceName("b"))
            #expect(try workspaces.usePrevious().name.description == "a")
            #expect(try workspaces.usePrevious().name.description == "b")
            #expect(try workspaces.select().name.description == "b")
        }
    }

    @Test func `choosing the same one again keeps the one before`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let workspaces = try home.workspaces()
            for name in ["a", "b", "b"] { try workspaces.use(WorkspaceName(name)) }
            #expect(try workspaces.usePrevious().name.description == "a")
        }
    }

    @Test func `default can be chosen before it was ever used`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a")
            let workspaces = try home.workspaces()
            try workspaces.use(WorkspaceName("a"))
            try workspaces.use(.standard)
            #expect(try workspaces.select().origin == .pointer)
            #expect(try workspaces.select().name == .standard)
        }
    }

    @Test func `without an earlier choice there is no one before`() async throws {
        try await TestHome.with { home async throws in
            await expectFailure(.usage, "adm ws use NAME") { try home.workspaces().usePrevious() }
        }
    }

    @Test func `a name that does not exist changes nothing`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            try workspaces.use(WorkspaceName("work"))
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try workspaces.use(WorkspaceName("wrk"))
            }
            #expect(try workspaces.select().name.description == "work")
        }
    }

    @Test func `a variable that still wins is named, one that agrees is not`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let use = try home.workspaces(["ADM_WORKSPACE": "b"]).use(WorkspaceName("a"))
            #expect(use.overriddenBy == "ADM_WORKSPACE")
            #expect(use.overridingName == "b")
            let agreed = try home.workspaces(["ADM_PROFILE": "a"]).use(WorkspaceName("a"))
            #expect(agreed.overriddenBy == nil)
            let empty = try home.workspaces(["ADM_PROFILE": ""]).use(WorkspaceName("a"))
            #expect(empty.overriddenBy == nil)
        }
    }
}
