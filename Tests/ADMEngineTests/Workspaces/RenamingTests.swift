import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import Foundation
import Testing

@Suite struct RenamingTests {
    @Test func `the identity and everything inside stay`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let before = try await library.selection(workspace: "work")
            try await home.withCatalog("work") { catalog, _ in try await add("one", to: catalog) }
            try await library.rename(WorkspaceName("work"), to: WorkspaceName("acme"))
            let after = try await library.selection(workspace: "acme")
            #expect(after.identity == before.identity)
            #expect(try await library.show(WorkspaceName("acme")).jobs == [.ready: 1])
            #expect(try home.entries(home.layout.workspaces) == ["acme"])
        }
    }

    @Test func `the choice of adm ws use follows, the one before too`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let library = try home.library()
            try await library.use(WorkspaceName("a"))
            try await library.use(WorkspaceName("b"))
            try await library.rename(WorkspaceName("b"), to: WorkspaceName("bb"))
            try await library.rename(WorkspaceName("a"), to: WorkspaceName("aa"))
            #expect(try await library.selection().name.description == "bb")
            #expect(try await library.usePrevious().name.description == "aa")
        }
    }

    @Test(arguments: [true, false])
    func `K1 killed after the move and before the pointer, the choice is found again`(
        _ isChosen: Bool
    ) async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let identity = try await library.selection().identity
            if isChosen { try await library.use(.standard) }
            try await library.rename(.standard, to: WorkspaceName("other"))
            // What the pointer held when the directory was moved.
            try home.write("default \(identity.uuidString)\n", to: home.layout.currentFile)
            let selection = try await library.selection()
            #expect(selection.name.description == "other")
            #expect(selection.identity == identity)
            #expect(try home.entries(home.layout.workspaces) == ["other"])
        }
    }

    @Test func `default that nobody chose is followed too`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let identity = try await library.selection().identity
            try await library.rename(.standard, to: WorkspaceName("home"))
            #expect(try await library.selection().identity == identity)
        }
    }

    @Test func `a taken, a missing and a wrong name change nothing`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let library = try home.library()
            await expectFailure(.exists, "\"b\"") {
                try await library.rename(WorkspaceName("a"), to: WorkspaceName("b"))
            }
            await expectFailure(.workspaceNotFound, "\"c\"") {
                try await library.rename(WorkspaceName("c"), to: WorkspaceName("d"))
            }
            #expect(try home.entries(home.layout.workspaces) == ["a", "b"])
        }
    }

    @Test func `while a process runs jobs in it, it is neither renamed nor removed`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let target = try WorkspaceName("acme")
            try await home.withCatalog("work") { catalog, holder in
                let job = try await add("one", to: catalog)
                _ = try #require(
                    try await catalog.queue.claim(number: job.number, owner: holder.id)
                )
                await expectFailure(.locked, "1 job", "\"work\"") {
                    try await library.rename(WorkspaceName("work"), to: target)
                }
                await expectFailure(.locked, "1 job") { try await library.remove("work") }
                #expect(try home.entries(home.layout.workspaces) == ["work"])
            }
            // The holder is gone, as after kill -9, and with it what kept the workspace.
            try await library.rename(WorkspaceName("work"), to: target)
            #expect(try await library.show(target).jobs == [.ready: 1])
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
