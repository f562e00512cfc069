import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import Foundation
import Testing

@Suite struct RenamingTests {
    @Test func `the identity and everything inside stay`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            let before = try workspaces.select(flag: "work")
            try await home.withCatalog("work") { catalog, _ in try await add("one", to: catalog) }
            try await workspaces.rename(WorkspaceName("work"), to: WorkspaceName("acme"))
            let after = try workspaces.select(flag: "acme")
            #expect(after.identity == before.identity)
            #expect(try await workspaces.show(WorkspaceName("acme")).jobs == [.ready: 1])
            #expect(try home.entries(home.layout.workspaces) == ["acme"])
        }
    }

    @Test func `the choice of adm ws use follows, the one before too`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let workspaces = try home.workspaces()
            try workspaces.use(WorkspaceName("a"))
            try workspaces.use(WorkspaceName("b"))
            try await workspaces.rename(WorkspaceName("b"), to: WorkspaceName("bb"))
            try await workspaces.rename(WorkspaceName("a"), to: WorkspaceName("aa"))
            #expect(try workspaces.select().name.description == "bb")
            #expect(try workspaces.usePrevious().name.description == "aa")
        }
    }

    @Test(arguments: [true, false])
    func `K1 killed after the move and before the pointer, the choice is found again`(
        _ isChosen: Bool
    ) async throws {
        try await TestHome.with { home async throws in
            let workspaces = try home.workspaces()
            let identity = try workspaces.select().identity
            if isChosen { try workspaces.use(.standard) }
            try await workspaces.rename(.standard, to: WorkspaceName("other"))
            // What the pointer held when the directory was moved.
            try home.write("default \(identity.uuidString)\n", to: home.layout.currentFile)
            let selection = try workspaces.select()
            #expect(selection.name.description == "other")
            #expect(selection.identity == identity)
            #expect(try home.entries(home.layout.workspaces) == ["other"])
        }
    }

    @Test func `default that nobody chose is followed too`() async throws {
        try await TestHome.with { home async throws in
            let workspaces = try home.workspaces()
            let identity = try workspaces.select().identity
            try await workspaces.rename(.standard, to: WorkspaceName("home"))
            #expect(try workspaces.select().identity == identity)
        }
    }

    @Test func `a taken, a missing and a wrong name change nothing`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let workspaces = try home.workspaces()
            await expectFailure(.exists, "\"b\"") {
                try await workspaces.rename(WorkspaceName("a"), to: WorkspaceName("b"))
            }
            await expectFailure(.workspaceNotFound, "\"c\"") {
                try await workspaces.rename(WorkspaceName("c"), to: WorkspaceName("d"))
            }
            #expect(try home.entries(home.layout.workspaces) == ["a", "b"])
        }
    }

    @Test func `while a process runs jobs in it, it is neither renamed nor removed`()
        async throws
    {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            let target = try WorkspaceName("acme")
            try await home.withCatalog("work") { catalog, holder in
                let job = try await add("one", to: catalog)
                _ = try #require(
                    try await catalog.queue.claim(number: job.number, owner: holder.id)
                )
                await expectFailure(.locked, "1 job", "\"work\"") {
                    try await workspaces.rename(WorkspaceName("work"), to: target)
                }
                await expectFailure(.locked, "1 job") { try await workspaces.remove("work") }
                #expect(try home.entries(home.layout.workspaces) == ["work"])
            }
            // The holder is gone, as after kill -9, and with it what kept the workspace.
            try await workspaces.rename(WorkspaceName("work"), to: target)
            #expect(try await workspaces.show(target).jobs == [.ready: 1])
        }
    }
}

/// Adds one job that fetches into a directory.
@discardableResult
func add(
    _ path: String,
    to catalog: Catalog,
    directory: String = "/downloads"
) async throws -> Job {
    let request = JobRequest(url: try SourceURL("https://example.org/\(path)"))
    let new = try PreparedJob(JobDraft(request), directory: directory)
    return try #require(try await catalog.queue.add([new]).first).job
}
