import ADMEngine
import ADMModel
import Foundation
import Testing

@Suite struct CreationTests {
    @Test func `D11 a new workspace is its owner's alone, whatever the umask`() async throws {
        try await TestHome.with { home async throws in
            let (layout, use) = try await home.library().create(WorkspaceName("work"))
            #expect(use == nil)
            #expect(try home.mode(home.layout.root) == 0o700)
            #expect(try home.mode(layout.root) == 0o700)
            #expect(try home.mode(layout.profile) == 0o600)
            #expect(try home.entries(layout.root) == ["id", "profile.toml"])
            #expect(try UUID(uuidString: home.text(layout.identity).trimmed) != nil)
        }
    }

    @Test func `a profile extends the template it was made from and is valid`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let (layout, _) = try await library.create(WorkspaceName("work"), template: "metered")
            #expect(try home.text(layout.profile).contains("extends = \"metered\""))
            try await library.validate(try await library.selection(workspace: "work"))
        }
    }

    @Test func `the directory is written into the profile`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let path = home.root + "/a \"quoted\" place"
            try await library.create(WorkspaceName("work"), directory: path)
            let settings = try await library.settings(of: library.selection(workspace: "work"))
            #expect(settings.directory == path)
        }
    }

    @Test func `without a directory downloads go below the user's home`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let settings = try await library.settings(of: library.selection(workspace: "work"))
            #expect(settings.directory == home.root + "/Downloads/adm/work")
            let entry = settings.entries.first { $0.name == "directory" }
            #expect(entry?.value.contains("/Downloads/adm/work") == true)
        }
    }

    @Test func `a name that is taken is refused and the workspace stays`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let identity = try home.text(home.workspace("work").identity)
            await expectFailure(.exists, "work") { try await home.create("work") }
            #expect(try home.text(home.workspace("work").identity) == identity)
        }
    }

    @Test func `a name taken by a file is refused and the file stays`() async throws {
        try await TestHome.with { home async throws in
            let path = home.layout.workspaces + "/work"
            try home.write("mine", to: path)
            await expectFailure(.exists, path) { try await home.create("work") }
            #expect(try home.text(path) == "mine")
            #expect(try home.entries(home.layout.workspaces) == ["work"])
        }
    }

    @Test func `an unknown template makes nothing`() async throws {
        try await TestHome.with { home async throws in
            await expectFailure(.configuration, "meterd", "metered") {
                try await home.library().create(WorkspaceName("work"), template: "meterd")
            }
            #expect(try home.entries(home.layout.workspaces) == [])
        }
    }

    @Test func `K1 what a killed process was making is swept and never listed`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let leftover = home.layout.workspaces + "/.new-4f6c"
            try home.write("half", to: leftover + "/id")
            #expect(try await home.library().list().map(\.name) == ["work"])
            try await home.create("other")
            #expect(try home.entries(home.layout.workspaces) == ["other", "work"])
        }
    }

    @Test func `of many that create the same workspace at once one wins`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let name = try WorkspaceName("work")
            let codes = await withTaskGroup(of: Failure.Code?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do throws(Failure) {
                            try await library.create(name)
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .exists }.count == 7)
            #expect(try home.entries(home.layout.workspaces) == ["work"])
        }
    }

    @Test func `a relative directory is a usage error and makes nothing`() async throws {
        try await TestHome.with { home async throws in
            await expectFailure(.usage, "isos") {
                try await home.library().create(WorkspaceName("work"), directory: "isos")
            }
            #expect(try home.entries(home.layout.workspaces) == [])
        }
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
