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
            try home.create("work")
            let workspaces = try home.workspaces()
            let configuration = try WorkspaceConfiguration(
                workspaces,
                workspaces.select(flag: "work")
            )
            let target = try WorkspaceName("acme")
            try await Home.run(in: configuration) { _ in
                await expectFailure(.locked, "\"work\"", "process \(getpid()) (") {
                    try await workspaces.rename(WorkspaceName("work"), to: target)
                }
                await expectFailure(.locked, "process \(getpid()) (") {
                    try await workspaces.remove("work")
                }
            }
            try await workspaces.rename(WorkspaceName("work"), to: target)
            #expect(try home.entries(home.layout.workspaces) == ["acme"])
        }
    }

    @Test func `an engine does not begin in another workspace of the same name`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            let selection = try workspaces.select(flag: "work")
            let configuration = try WorkspaceConfiguration(workspaces, selection)
            try await workspaces.rename(WorkspaceName("work"), to: WorkspaceName("old"))
            try home.create("work")
            let layout = try home.workspace("work")
            await expectFailure(.workspaceNotFound, layout.root) {
                try await Home.run(in: configuration) { _ in }
            }
            await expectFailure(.workspaceNotFound, layout.root) {
                try await WorkspaceReader.run(configuration) { _ in }
            }
            await expectFailure(.workspaceNotFound, "\"work\"") {
                try workspaces.setProfile("retries", to: ["7"], in: selection)
            }
            #expect(!home.exists(layout.database))
            #expect(try !home.text(layout.profile).contains("retries = 7"))
        }
    }

    @Test func `a reader that follows stays with its workspace under the new name`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            try await home.withCatalog("work") { catalog, _ in try await add("one", to: catalog) }
            let workspaces = try home.workspaces()
            let configuration = try WorkspaceConfiguration(
                workspaces,
                workspaces.select(flag: "work")
            )
            try await WorkspaceReader.run(configuration, isBrief: true) { reader in
                try await workspaces.rename(WorkspaceName("work"), to: WorkspaceName("old"))
                try home.create("work")
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
            try home.create("work")
            let workspaces = try home.workspaces()
            try workspaces.use(WorkspaceName("work"))
            try FileManager.default.removeItem(atPath: home.workspace("work").root)
            try home.create("work")
            await expectFailure(.workspaceNotFound, "adm ws use") { try workspaces.select() }
            // Choosing it again is the remedy.
            try workspaces.use(WorkspaceName("work"))
            #expect(try workspaces.select().name.description == "work")
        }
    }

    @Test func `the chosen one is found under its new name, no matter who has the old one`()
        async throws
    {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            try workspaces.use(WorkspaceName("work"))
            let pointer = try home.text(home.layout.currentFile)
            try await workspaces.rename(WorkspaceName("work"), to: WorkspaceName("old"))
            try home.create("work")
            // As a process leaves it that is killed between the move and the pointer.
            try home.write(pointer, to: home.layout.currentFile)
            #expect(try workspaces.select().name.description == "old")
        }
    }

    @Test func `what a person agreed to remove is removed, and nothing else`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let workspaces = try home.workspaces()
            let name = try WorkspaceName("work")
            let agreed = try workspaces.select(flag: "work").identity
            try await workspaces.rename(name, to: WorkspaceName("old"))
            try home.create("work")
            await expectFailure(.workspaceNotFound, "\"work\"") {
                try await workspaces.remove(
                    name,
                    choice: workspaces.choice(flag: nil, profileFlag: nil),
                    expecting: agreed
                )
            }
            #expect(try home.entries(home.layout.workspaces) == ["old", "work"])
        }
    }

    @Test func `looking makes nothing, not even default`() async throws {
        try await TestHome.with { home async throws in
            let workspaces = try home.workspaces()
            let configuration = try WorkspaceConfiguration(workspaces, workspaces.look())
            let jobs = try await WorkspaceReader.run(configuration) { try await $0.jobs() }
            #expect(jobs == [])
            _ = try await workspaces.budget()
            #expect(!home.exists(home.layout.root))
        }
    }
}
