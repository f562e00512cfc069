import ADMEngine
import ADMModel
import Foundation
import Testing

/// A workspace is its identity, whatever its name is at the moment.
@Suite struct IdentityTests {
    @Test func `while an engine is open without a job, its workspace keeps its name and place`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let configuration = try await library.configuration(
                of: library.selection(workspace: "work")
            )
            let target = try WorkspaceName("acme")
            try await Home.run(in: configuration) { _ in
                await expectFailure(.locked, "\"work\"", "process \(getpid()) (") {
                    try await library.rename(WorkspaceName("work"), to: target)
                }
                await expectFailure(.locked, "process \(getpid()) (") {
                    try await library.remove("work")
                }
            }
            try await library.rename(WorkspaceName("work"), to: target)
            #expect(try home.entries(home.layout.workspaces) == ["acme"])
        }
    }

    @Test func `an engine does not begin in another workspace of the same name`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let selection = try await library.selection(workspace: "work")
            let configuration = try await library.configuration(of: selection)
            try await library.rename(WorkspaceName("work"), to: WorkspaceName("old"))
            try await home.create("work")
            let layout = try home.workspace("work")
            await expectFailure(.workspaceNotFound, layout.root) {
                try await Home.run(in: configuration) { _ in }
            }
            await expectFailure(.workspaceNotFound, layout.root) {
                try await WorkspaceReader.run(configuration) { _ in }
            }
            await expectFailure(.workspaceNotFound, "\"work\"") {
                try await library.set("retries", to: ["7"], in: selection)
            }
            #expect(!home.exists(layout.database))
            #expect(try !home.text(layout.profile).contains("retries = 7"))
        }
    }

    @Test func `a reader that follows stays with its workspace under the new name`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try await home.withCatalog("work") { catalog, _ in try await add("one", to: catalog) }
            let library = try home.library()
            let configuration = try await library.configuration(
                of: library.selection(workspace: "work")
            )
            try await WorkspaceReader.run(configuration, isBrief: true) { reader in
                try await library.rename(WorkspaceName("work"), to: WorkspaceName("old"))
                try await home.create("work")
                try await home.withCatalog("work") { catalog, _ in
                    try await add("other", to: catalog)
                    try await add("another", to: catalog)
                }
                try await home.withCatalog("old") { catalog, _ in
                    try await add("two", to: catalog)
                    try await add("three", to: catalog)
                }
                let names = try await reader.jobs().map(\.request.url.redacted)
                #expect(names.map { $0.split(separator: "/").last } == ["three", "two", "one"])
            }
        }
    }

    @Test func `a workspace that was made under the chosen name later is not the chosen one`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            try await library.use(WorkspaceName("work"))
            try FileManager.default.removeItem(atPath: home.workspace("work").root)
            try await home.create("work")
            await expectFailure(.workspaceNotFound, "adm ws use") { try await library.selection() }
            // Choosing it again is the remedy.
            try await library.use(WorkspaceName("work"))
            #expect(try await library.selection().name.description == "work")
        }
    }

    @Test func `the chosen one is found under its new name, no matter who has the old one`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            try await library.use(WorkspaceName("work"))
            let pointer = try home.text(home.layout.currentFile)
            try await library.rename(WorkspaceName("work"), to: WorkspaceName("old"))
            try await home.create("work")
            // As a process leaves it that is killed between the move and the pointer.
            try home.write(pointer, to: home.layout.currentFile)
            #expect(try await library.selection().name.description == "old")
        }
    }

    @Test func `what a person agreed to remove is removed, and nothing else`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let name = try WorkspaceName("work")
            let agreed = try await library.selection(workspace: "work").identity
            try await library.rename(name, to: WorkspaceName("old"))
            try await home.create("work")
            await expectFailure(.workspaceNotFound, "\"work\"") {
                try await library.remove(
                    name,
                    choice: library.choice(),
                    expecting: agreed
                )
            }
            #expect(try home.entries(home.layout.workspaces) == ["old", "work"])
        }
    }

    @Test func `looking makes nothing, not even default`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let configuration = try await library.configuration(
                of: library.selection(isLooking: true)
            )
            let jobs = try await WorkspaceReader.run(configuration) { try await $0.jobs() }
            #expect(jobs == [])
            _ = try await library.budgetReport()
            #expect(!home.exists(home.layout.root))
        }
    }
}
