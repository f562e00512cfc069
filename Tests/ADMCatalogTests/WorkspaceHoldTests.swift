import ADMModel
import ADMSystem
import Foundation
import Glibc
import Testing

@testable import ADMCatalog

/// Who uses the directory of a workspace, and what a name that changed hands does to them.
struct WorkspaceHoldTests {
    @Test func `while somebody uses it nobody is alone in it, and who it is can be told`()
        async throws
    {
        try await Home.with { home in
            let one = try WorkspaceHold.share(home.workspace)
            let other = try WorkspaceHold.share(home.workspace)
            guard case .used(let users) = try WorkspaceHold.exclude(home.workspace, patience: .zero)
            else { return #expect(Bool(false), "two processes use it") }
            #expect(users.map(\.id) == [getpid()])
            one.letGo()
            other.letGo()
            guard case .held(let alone) = try WorkspaceHold.exclude(home.workspace, patience: .zero)
            else { return #expect(Bool(false), "nobody uses it") }
            #expect(alone.isCurrent)
        }
    }

    @Test func `a directory that holds another identity is not the one that was meant`()
        async throws
    {
        try await Home.with { home in
            try Data("00000000-0000-4000-8000-00000000000a\n".utf8)
                .write(to: URL(fileURLWithPath: home.workspace.identity))
            _ = try WorkspaceHold.share(
                home.workspace,
                identity: "00000000-0000-4000-8000-00000000000a"
            )
            let failure = #expect(throws: Failure.self) {
                _ = try WorkspaceHold.share(
                    home.workspace,
                    identity: "00000000-0000-4000-8000-00000000000b"
                )
            }
            #expect(failure?.code == .workspaceNotFound)
        }
    }

    @Test func `a catalog whose directory was moved touches nothing under the old name`()
        async throws
    {
        try await Home.with { home in
            let catalog = try await home.open()
            let job = try await catalog.queue.add("a")
            let other = home.workspace.root + "-moved"
            #expect(unsafe rename(home.workspace.root, other) == 0)
            #expect(unsafe mkdir(home.workspace.root, 0o700) == 0)
            let failure = await #expect(throws: Failure.self) { try await catalog.queue.add("b") }
            #expect(failure?.code == .workspaceNotFound)
            // What is open is still the same workspace.
            #expect(try await catalog.list.job(number: job.number) == job)
            await catalog.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.workspace.root) == [])
        }
    }

    @Test func `a reader continues with the workspace that was opened`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            let job = try await catalog.queue.add("a")
            let look = try await Catalog.look(home.workspace, home: home.layout, isBrief: true)
            await catalog.close()
            let other = home.workspace.root + "-moved"
            #expect(unsafe rename(home.workspace.root, other) == 0)
            #expect(unsafe mkdir(home.workspace.root, 0o700) == 0)
            #expect(try await look.list.job(number: job.number) == job)
            await look.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.workspace.root) == [])
        }
    }
}
