import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import Foundation
import Testing

@Suite struct RemovalTests {
    @Test func `WS11 default and the current one are refused`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work", "home")
            let library = try home.library()
            await expectFailure(.refused, "default") { try await library.remove("default") }
            try await library.use(WorkspaceName("work"))
            await expectFailure(.refused, "adm ws use") { try await library.remove("work") }
            let variable = try home.library(["ADM_WORKSPACE": "home"])
            await expectFailure(.refused, "ADM_WORKSPACE") { try await variable.remove("home") }
            // A flag that names it says which one is meant; it is still the current one.
            await expectFailure(.refused, "adm ws use") {
                try await library.remove(
                    WorkspaceName("work"),
                    choice: library.choice(named: [("work", "--workspace")])
                )
            }
            #expect(try home.entries(home.layout.workspaces) == ["home", "work"])
        }
    }

    @Test func `if something else is selected, the pointer moves off the removed one`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("a", "b", "c")
            let library = try home.library()
            try await library.use(WorkspaceName("a"))
            try await library.use(WorkspaceName("b"))
            let removal = try await home.library(["ADM_WORKSPACE": "c"]).remove("b")
            #expect(removal.newCurrent?.description == "a")
            #expect(try await library.selection().name.description == "a")
            await expectFailure(.usage) { try await library.usePrevious() }
        }
    }

    @Test func `it goes to the trash whole and comes back whole`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let identity = try await library.selection(workspace: "work").identity
            try await home.withCatalog("work") { catalog, _ in try await add("one", to: catalog) }
            let removal = try await library.remove("work")
            #expect(removal.trashed.identity == identity)
            #expect(try home.entries(home.layout.workspaces) == [])
            await expectFailure(.workspaceNotFound) {
                try await library.selection(workspace: "work")
            }

            try await library.restore(WorkspaceName("work"))
            #expect(try await library.selection(workspace: "work").identity == identity)
            #expect(try await library.show(WorkspaceName("work")).jobs == [.ready: 1])
            #expect(try await library.trash() == [])
        }
    }

    @Test func `WS11 downloads stay unless their deletion is asked for`() async throws {
        try await TestHome.with { home async throws in
            let path = try await download(home, "file.iso", "12345")
            let removal = try await home.library().remove("work")
            #expect(removal.deletedFiles == [])
            #expect(try home.text(path) == "12345")
        }
    }

    @Test func `only what adm delivered and nobody changed is deleted`() async throws {
        try await TestHome.with { home async throws in
            let mine = try await download(home, "mine.iso", "12345")
            let edited = try await download(home, "edited.iso", "12345")
            let replaced = try await download(home, "replaced.iso", "12345")
            let other = try await download(home, "other.iso", "12345")
            let directory = (mine as NSString).deletingLastPathComponent
            try home.write("longer than before", to: edited)
            try FileManager.default.removeItem(atPath: replaced)
            try FileManager.default.createSymbolicLink(
                atPath: replaced,
                withDestinationPath: "/etc/passwd"
            )
            try home.write("not from adm", to: directory + "/notes.txt")
            // A file of the same length has its name.
            try home.write("abcde", to: directory + "/fresh")
            #expect(unsafe rename(directory + "/fresh", other) == 0)

            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [mine])
            #expect(Set(removal.keptFiles.map(\.path)) == [edited, replaced, other])
            #expect(
                try home.entries(directory)
                    == ["edited.iso", "notes.txt", "other.iso", "replaced.iso"]
            )
        }
    }

    @Test func `nothing is deleted through a link in the place of a directory`() async throws {
        try await TestHome.with { home async throws in
            let path = try await download(home, "file.iso", "12345")
            let directory = (path as NSString).deletingLastPathComponent
            let victim = home.root + "/victim"
            try home.write("12345", to: victim + "/other.iso")
            // The very file, under a name that adm never gave it.
            #expect(unsafe link(path, victim + "/file.iso") == 0)
            try FileManager.default.moveItem(atPath: directory, toPath: home.root + "/moved")
            try FileManager.default.createSymbolicLink(
                atPath: directory,
                withDestinationPath: victim
            )
            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [])
            #expect(removal.keptFiles.map(\.path) == [path])
            #expect(removal.keptFiles.first?.reason.contains("symbolic link") == true)
            #expect(try home.entries(victim) == ["file.iso", "other.iso"])
        }
    }

    @Test func `a directory that took the place of another one keeps its files`() async throws {
        try await TestHome.with { home async throws in
            let path = try await download(home, "file.iso", "12345")
            let directory = (path as NSString).deletingLastPathComponent
            try FileManager.default.moveItem(atPath: directory, toPath: home.root + "/moved")
            try home.write("12345", to: path)
            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [])
            #expect(removal.keptFiles.map(\.path) == [path])
            #expect(home.exists(path))
        }
    }

    @Test func `bytes that were changed in place stay, new permissions matter to nobody`()
        async throws
    {
        try await TestHome.with { home async throws in
            let changed = try await download(home, "changed.iso", "12345", isOld: true)
            let closed = try await download(home, "closed.iso", "12345", isOld: true)
            try home.setMode(closed, 0o400)
            let file = try #require(FileHandle(forWritingAtPath: changed))
            try file.write(contentsOf: Data("abcde".utf8))
            try file.close()
            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [closed])
            #expect(removal.keptFiles.map(\.path) == [changed])
        }
    }

    @Test func `if a digest is known, it decides`() async throws {
        try await TestHome.with { home async throws in
            let digest = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"
            let checksum = try Checksum(parsing: "sha256:" + digest)
            let rewritten = try await download(home, "a.iso", "12345", checksum, isOld: true)
            let changed = try await download(home, "b.iso", "12345", checksum, isOld: true)
            for (path, text) in [(rewritten, "12345"), (changed, "abcde")] {
                let file = try #require(FileHandle(forWritingAtPath: path))
                try file.write(contentsOf: Data(text.utf8))
                try file.close()
            }
            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [rewritten])
            #expect(removal.keptFiles.map(\.path) == [changed])
        }
    }

    @Test func `a file that a skipped job found there is not adm's to delete`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let path = home.root + "/Downloads/adm/work/file.iso"
            try home.write("12345", to: path)
            try await home.withCatalog("work") { catalog, holder in
                let directory = home.root + "/Downloads/adm/work"
                let job = try await add("file.iso", to: catalog, directory: directory)
                let claim = try #require(
                    try await catalog.queue.claim(number: job.number, owner: holder.id)
                )
                _ = try await catalog.recorder.skipped(
                    claim,
                    reason: "file_exists",
                    destination: path
                )
            }
            let removal = try await home.library().remove("work", deleteFiles: true)
            #expect(removal.deletedFiles == [])
            #expect(try home.text(path) == "12345")
        }
    }

    @Test func `the directory goes when it is empty then`() async throws {
        try await TestHome.with { home async throws in
            let path = try await download(home, "file.iso", "12345")
            try await home.library().remove("work", deleteFiles: true)
            #expect(!home.exists((path as NSString).deletingLastPathComponent))
            #expect(home.exists(home.root + "/Downloads/adm"))
        }
    }

    @Test func `a damaged workspace can be removed`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let layout = try home.workspace("work")
            try home.write("no uuid", to: layout.identity)
            try home.write(String(repeating: "no database ", count: 1000), to: layout.database)
            try home.write("= no toml", to: layout.profile)
            try await home.library().remove("work")
            #expect(try home.entries(home.layout.workspaces) == [])
            #expect(try await home.library().trash().map(\.name) == ["work"])
        }
    }

    /// A file in the workspace "work" that a finished job delivered.
    private func download(
        _ home: TestHome,
        _ name: String,
        _ text: String,
        _ checksum: Checksum? = nil,
        isOld: Bool = false
    ) async throws -> String {
        if !home.exists(try home.workspace("work").root) { try await home.create("work") }
        let directory = home.root + "/Downloads/adm/work"
        let path = "\(directory)/\(name)"
        try home.write(text, to: path)
        let finishedAt = isOld ? Date(timeIntervalSinceNow: -60) : Date()
        if isOld {
            let attributes = [FileAttributeKey.modificationDate: finishedAt.addingTimeInterval(-9)]
            try FileManager.default.setAttributes(attributes, ofItemAtPath: path)
        }
        try await home.withCatalog("work") { catalog, holder in
            let job = try await add(name, to: catalog, directory: directory)
            let claim = try #require(
                try await catalog.queue.claim(number: job.number, owner: holder.id)
            )
            _ = try await catalog.recorder.recordHead(
                claim,
                RemoteFile(
                    url: job.request.url,
                    validators: Validators(length: Int64(text.utf8.count))
                ),
                fileName: name
            )
            let target = FinalTarget(
                fileName: name,
                device: 1,
                inode: UInt64(try home.inode(path)),
                size: Int64(text.utf8.count)
            )
            _ = try await catalog.recorder.finalizing(claim, target: target, verification: nil)
            let completion = JobEvent.Completion(
                destinationPath: path,
                totalBytes: Int64(text.utf8.count),
                elapsedSeconds: 1,
                averageSpeed: 5,
                verification: checksum.map { Verification(checksum: $0, source: .request) }
            )
            _ = try #require(
                try await catalog.recorder.succeeded(claim, completion: completion, now: finishedAt)
            )
        }
        return path
    }
}
