import ADMEngine
import ADMModel
import Foundation
import Testing

/// DESIGN §5: which workspace a command works in.
@Suite struct SelectionTests {
    @Test func `the default workspace is made on first use and stays the same one`() async throws {
        try await TestHome.with { home async throws in
            let first = try home.workspaces().select()
            #expect(first.name == .standard)
            #expect(first.origin == .standard)
            #expect(try home.entries(home.layout.workspaces) == ["default"])
            #expect(try home.workspaces().select() == first)
        }
    }

    @Test func `each level that speaks beats those below it`() async throws {
        try await TestHome.with { home async throws in
            try home.create("pointer", "profile", "workspace", "flag", "other")
            try home.workspaces().use(WorkspaceName("pointer"))
            #expect(try home.workspaces().select().origin == .pointer)

            let one = try home.workspaces(["ADM_PROFILE": "profile"]).select()
            #expect(one.name.description == "profile")
            #expect(one.origin == .environment("ADM_PROFILE"))

            let workspaces = try home.workspaces(["ADM_WORKSPACE": "workspace"])
            #expect(try workspaces.select().origin == .environment("ADM_WORKSPACE"))

            #expect(try workspaces.select(flag: "flag").origin == .flag("--workspace"))
            #expect(try workspaces.select(profileFlag: "other").origin == .flag("--profile"))
        }
    }

    @Test func `the same name from both flags or both variables is no conflict`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let both = ["ADM_WORKSPACE": "work", "ADM_PROFILE": "work"]
            #expect(try home.workspaces(both).select().name.description == "work")
            let selection = try home.workspaces().select(flag: "work", profileFlag: "work")
            #expect(selection.origin == .flag("--workspace"))
        }
    }

    @Test func `two flags that disagree are a usage error`() async throws {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            await expectFailure(.usage, "--workspace", "--profile", "\"a\"", "\"b\"") {
                try home.workspaces().select(flag: "a", profileFlag: "b")
            }
        }
    }

    @Test func `two variables that disagree are a usage error, but not below a flag`() async throws
    {
        try await TestHome.with { home async throws in
            try home.create("a", "b")
            let variables = ["ADM_WORKSPACE": "a", "ADM_PROFILE": "b"]
            await expectFailure(.usage, "ADM_WORKSPACE", "ADM_PROFILE") {
                try home.workspaces(variables).select()
            }
            #expect(try home.workspaces(variables).select(flag: "b").name.description == "b")
        }
    }

    @Test func `an empty variable counts as unset`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let variables = ["ADM_WORKSPACE": "", "ADM_PROFILE": "work"]
            #expect(try home.workspaces(variables).select().name.description == "work")
            let none = ["ADM_WORKSPACE": "", "ADM_PROFILE": ""]
            #expect(try home.workspaces(none).select().origin == .standard)
        }
    }

    @Test(arguments: ["flag", "variable"])
    func `a name that does not exist is never created and never replaced`(
        _ level: String
    ) async throws {
        try await TestHome.with { home async throws in
            try home.create("work", "home")
            let variables = level == "variable" ? ["ADM_WORKSPACE": "wrk"] : [:]
            let origin = level == "variable" ? "ADM_WORKSPACE" : "--workspace"
            await expectFailure(.workspaceNotFound, "wrk", "did you mean work?", origin) {
                try home.workspaces(variables).select(flag: level == "flag" ? "wrk" : nil)
            }
            #expect(try home.entries(home.layout.workspaces) == ["home", "work"])
        }
    }

    @Test func `if no name is near, those that exist are named`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work", "home")
            await expectFailure(
                .workspaceNotFound,
                "existing workspaces: home, work",
                "adm ws create"
            ) {
                try home.workspaces().select(flag: "customer")
            }
            await expectFailure(.workspaceNotFound, "adm ws create") {
                try TestHome(root: home.root + "/Downloads").workspaces(["HOME": home.root])
                    .select(flag: "customer")
            }
        }
    }

    @Test func `a text that is no name is a usage error that says where it came from`()
        async throws
    {
        try await TestHome.with { home async throws in
            await expectFailure(.usage, "../x", "ADM_WORKSPACE") {
                try home.workspaces(["ADM_WORKSPACE": "../x"]).select()
            }
            await expectFailure(.usage, "--workspace") { try home.workspaces().select(flag: "") }
        }
    }

    @Test func `a pointer to a workspace that is gone is an error with the remedy`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            try home.workspaces().use(WorkspaceName("work"))
            try FileManager.default.removeItem(atPath: home.workspace("work").root)
            await expectFailure(.workspaceNotFound, "work", "adm ws use") {
                try home.workspaces().select()
            }
            #expect(try home.entries(home.layout.workspaces) == [])
        }
    }

    @Test(arguments: ["", "\n", "../../etc\n", "\u{0}\u{1}"])
    func `a pointer file that holds no name is an error, but not below a flag`(
        _ text: String
    ) async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            try home.write(text, to: home.layout.currentFile)
            await expectFailure(.configuration, home.layout.currentFile, "adm ws use") {
                try home.workspaces().select()
            }
            #expect(try home.workspaces().select(flag: "work").name.description == "work")
            try home.workspaces().use(WorkspaceName("work"))
            #expect(try home.workspaces().select().name.description == "work")
        }
    }

    @Test func `a pointer that cannot be read is an error and never means default`() async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            try FileManager.default.createDirectory(
                atPath: home.layout.currentFile,
                withIntermediateDirectories: false
            )
            await expectFailure(.storage, home.layout.currentFile) {
                try home.workspaces().select()
            }
        }
    }

    @Test(arguments: [nil, "", "no uuid\n"])
    func `a workspace without a valid identity is not worked in`(_ text: String?) async throws {
        try await TestHome.with { home async throws in
            try home.create("work")
            let path = try home.workspace("work").identity
            try FileManager.default.removeItem(atPath: path)
            if let text { try home.write(text, to: path) }
            await expectFailure(.storage, "work", path) {
                try home.workspaces().select(flag: "work")
            }
        }
    }
}
