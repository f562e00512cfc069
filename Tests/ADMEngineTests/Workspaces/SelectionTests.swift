import ADMEngine
import ADMModel
import Foundation
import Testing

/// DESIGN §5: which workspace a command works in.
@Suite struct SelectionTests {
    @Test func `the default workspace is made on first use and stays the same one`() async throws {
        try await TestHome.with { home async throws in
            let first = try await home.library().selection()
            #expect(first.name == .standard)
            #expect(first.origin == .standard)
            #expect(try home.entries(home.layout.workspaces) == ["default"])
            #expect(try await home.library().selection() == first)
        }
    }

    @Test func `each level that speaks beats those below it`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("pointer", "profile", "workspace", "flag", "other")
            try await home.library().use(WorkspaceName("pointer"))
            #expect(try await home.library().selection().origin == .pointer)

            let one = try await home.library(["ADM_PROFILE": "profile"]).selection()
            #expect(one.name.description == "profile")
            #expect(one.origin == .environment("ADM_PROFILE"))

            let library = try home.library(["ADM_WORKSPACE": "workspace"])
            #expect(try await library.selection().origin == .environment("ADM_WORKSPACE"))

            #expect(try await library.selection(workspace: "flag").origin == .caller("--workspace"))
            #expect(
                try await library.selection(workspace: nil, profile: "other").origin
                    == .caller("--profile")
            )
        }
    }

    @Test func `the same name from both flags or both variables is no conflict`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let both = ["ADM_WORKSPACE": "work", "ADM_PROFILE": "work"]
            #expect(try await home.library(both).selection().name.description == "work")
            let selection = try await home.library().selection(workspace: "work", profile: "work")
            #expect(selection.origin == .caller("--workspace"))
        }
    }

    @Test func `two flags that disagree are a usage error`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            await expectFailure(.usage, "--workspace", "--profile", "\"a\"", "\"b\"") {
                try await home.library().selection(workspace: "a", profile: "b")
            }
        }
    }

    @Test func `two variables that disagree are a usage error, but not below a flag`() async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("a", "b")
            let variables = ["ADM_WORKSPACE": "a", "ADM_PROFILE": "b"]
            await expectFailure(.usage, "ADM_WORKSPACE", "ADM_PROFILE") {
                try await home.library(variables).selection()
            }
            #expect(
                try await home.library(variables).selection(workspace: "b").name.description == "b"
            )
        }
    }

    @Test func `an empty variable counts as unset`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let variables = ["ADM_WORKSPACE": "", "ADM_PROFILE": "work"]
            #expect(try await home.library(variables).selection().name.description == "work")
            let none = ["ADM_WORKSPACE": "", "ADM_PROFILE": ""]
            #expect(try await home.library(none).selection().origin == .standard)
        }
    }

    @Test(arguments: ["flag", "variable"])
    func `a name that does not exist is never created and never replaced`(
        _ level: String
    ) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work", "home")
            let variables = level == "variable" ? ["ADM_WORKSPACE": "wrk"] : [:]
            let origin = level == "variable" ? "ADM_WORKSPACE" : "--workspace"
            await expectFailure(.workspaceNotFound, "wrk", "did you mean work?", origin) {
                try await home.library(variables).selection(
                    workspace: level == "flag" ? "wrk" : nil
                )
            }
            #expect(try home.entries(home.layout.workspaces) == ["home", "work"])
        }
    }

    @Test func `if no name is near, those that exist are named`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work", "home")
            await expectFailure(
                .workspaceNotFound,
                "existing workspaces: home, work",
                "adm ws create"
            ) {
                try await home.library().selection(workspace: "customer")
            }
            await expectFailure(.workspaceNotFound, "adm ws create") {
                try await TestHome(root: home.root + "/Downloads").library(["HOME": home.root])
                    .selection(workspace: "customer")
            }
        }
    }

    @Test func `a text that is no name is a usage error that says where it came from`()
        async throws
    {
        try await TestHome.with { home async throws in
            await expectFailure(.usage, "../x", "ADM_WORKSPACE") {
                try await home.library(["ADM_WORKSPACE": "../x"]).selection()
            }
            await expectFailure(.usage, "--workspace") {
                try await home.library().selection(workspace: "")
            }
        }
    }

    @Test func `a pointer to a workspace that is gone is an error with the remedy`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try await home.library().use(WorkspaceName("work"))
            try FileManager.default.removeItem(atPath: home.workspace("work").root)
            await expectFailure(.workspaceNotFound, "work", "adm ws use") {
                try await home.library().selection()
            }
            #expect(try home.entries(home.layout.workspaces) == [])
        }
    }

    @Test(arguments: ["", "\n", "../../etc\n", "\u{0}\u{1}"])
    func `a pointer file that holds no name is an error, but not below a flag`(
        _ text: String
    ) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try home.write(text, to: home.layout.currentFile)
            await expectFailure(.configuration, home.layout.currentFile, "adm ws use") {
                try await home.library().selection()
            }
            #expect(
                try await home.library().selection(workspace: "work").name.description == "work"
            )
            try await home.library().use(WorkspaceName("work"))
            #expect(try await home.library().selection().name.description == "work")
        }
    }

    @Test func `a pointer that cannot be read is an error and never means default`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try FileManager.default.createDirectory(
                atPath: home.layout.currentFile,
                withIntermediateDirectories: false
            )
            await expectFailure(.storage, home.layout.currentFile) {
                try await home.library().selection()
            }
        }
    }

    @Test(arguments: [nil, "", "no uuid\n"])
    func `a workspace without a valid identity is not worked in`(_ text: String?) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let path = try home.workspace("work").identity
            try FileManager.default.removeItem(atPath: path)
            if let text { try home.write(text, to: path) }
            await expectFailure(.storage, "work", path) {
                try await home.library().selection(workspace: "work")
            }
        }
    }
}
