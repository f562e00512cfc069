import ADMEngine
import ADMModel
import Testing

@Suite struct UsingTests {
    @Test func `the one before comes back, and again`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let library = try home.library()
            #expect(try await library.use(WorkspaceName("a")).previous == .standard)
            try await library.use(WorkspaceName("b"))
            #expect(try await library.usePrevious().name.description == "a")
            #expect(try await library.usePrevious().name.description == "b")
            #expect(try await library.selection().name.description == "b")
        }
    }

    @Test func `choosing the same one again keeps the one before`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let library = try home.library()
            for name in ["a", "b", "b"] { try await library.use(WorkspaceName(name)) }
            #expect(try await library.usePrevious().name.description == "a")
        }
    }

    @Test func `default can be chosen before it was ever used`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a")
            let library = try home.library()
            try await library.use(WorkspaceName("a"))
            try await library.use(.standard)
            #expect(try await library.selection().origin == .pointer)
            #expect(try await library.selection().name == .standard)
        }
    }

    @Test func `without an earlier choice there is no one before`() async throws {
        try await TestHome.with { home async throws in
            await expectFailure(.usage, "adm ws use NAME") {
                try await home.library().usePrevious()
            }
        }
    }

    @Test func `a name that does not exist changes nothing`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            try await library.use(WorkspaceName("work"))
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try await library.use(WorkspaceName("wrk"))
            }
            #expect(try await library.selection().name.description == "work")
        }
    }

    @Test func `a variable that still wins is named, one that agrees is not`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let use = try await home.library(["ADM_WORKSPACE": "b"]).use(WorkspaceName("a"))
            #expect(use.overriddenBy == "ADM_WORKSPACE")
            #expect(use.overridingName == "b")
            let agreed = try await home.library(["ADM_PROFILE": "a"]).use(WorkspaceName("a"))
            #expect(agreed.overriddenBy == nil)
            let empty = try await home.library(["ADM_PROFILE": ""]).use(WorkspaceName("a"))
            #expect(empty.overriddenBy == nil)
        }
    }
}
