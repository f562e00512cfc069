import ADMModel
import ADMTestSupport
import Foundation
import Glibc
import Testing

@testable import ADMEngine

/// D12: where adm's files are, and whose they are.
@Suite struct HomeTests {
    @Test func `ADM_HOME wins over HOME, and an empty one counts as unset`() throws {
        let both = try Home(environment: ["HOME": "/tmp", "ADM_HOME": "/tmp/x/"])
        #expect(both.layout.root == "/tmp/x")
    }

    @Test func `D12 without HOME and without an entry of the user the error says what to set`()
        async
    {
        for environment in [[:], ["HOME": ""], ["HOME": "", "ADM_HOME": ""]] {
            await expectFailure(.configuration, "HOME is not set", "ADM_HOME") {
                try HomeDirectory.locate(environment, recorded: { nil })
            }
        }
    }

    @Test func `D12 without HOME the home directory of the user database counts`() async throws {
        try await withTemporaryDirectory { root in
            for environment in [[:], ["HOME": ""]] {
                let home = try HomeDirectory.locate(environment, recorded: { root + "/" })
                #expect(home.root == root + "/.adm")
            }
            await expectFailure(.storage, "is not a directory", root + "/none") {
                try HomeDirectory.locate([:], recorded: { root + "/none" })
            }
        }
    }

    @Test func `who names a directory needs no home directory`() async throws {
        let library = try Home(environment: ["HOME": "/none", "ADM_HOME": "/tmp/none"])
        let selection = try await library.selection(isLooking: true)
        let configuration = try await library.configuration(of: selection)
        var request = JobRequest(url: try SourceURL("https://example.org/a"))
        #expect(throws: Failure.self) { try configuration.directory(of: request) }
        request.directory = "/srv"
        #expect(try configuration.directory(of: request) == "/srv")
    }

    @Test(arguments: ["HOME", "ADM_HOME"])
    func `D12 a relative path is refused`(_ variable: String) async {
        await expectFailure(.configuration, "\(variable) is not an absolute path") {
            try Home(environment: [variable: "some/where"])
        }
    }

    @Test func `D12 a HOME that is no directory is refused`() async throws {
        try await withTemporaryDirectory { root in
            let path = root + "/file"
            try Data().write(to: URL(fileURLWithPath: path))
            for home in [path, root + "/missing"] {
                await expectFailure(.storage, home) { try Home(environment: ["HOME": home]) }
            }
            await expectFailure(.storage, path) { try Home(environment: ["ADM_HOME": path]) }
        }
    }

    @Test func `D12 a home of another user is refused`() async throws {
        try await withTemporaryDirectory { root in
            // Only the superuser can give a directory away; everybody else has one that is root's.
            let foreign = geteuid() == 0 ? root + "/theirs" : "/"
            if geteuid() == 0 {
                try FileManager.default.createDirectory(
                    atPath: foreign,
                    withIntermediateDirectories: false
                )
                #expect(unsafe chown(foreign, 4711, 4711) == 0)
            }
            for variable in ["HOME", "ADM_HOME"] {
                await expectFailure(.refused, foreign, "belongs to user", "ADM_HOME") {
                    try Home(environment: [variable: foreign])
                }
            }
        }
    }

    @Test(arguments: [0o770, 0o707, 0o777, 0o1777, 0o775])
    func `a home that others may write to is refused`(mode: Int) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try home.setMode(home.layout.root, mode)
            await expectFailure(.refused, home.layout.root, "chmod go-w") { try home.library() }
            await expectFailure(.refused, "chmod go-w") {
                try Home(environment: ["HOME": home.root])
            }
            try home.setMode(home.layout.root, 0o755)
            _ = try home.library()
        }
    }

    @Test(arguments: [
        "config.toml", "workspaces", "workspaces/work", "workspaces/work/profile.toml",
    ])
    func `what others may change inside of a home that they can enter is refused`(
        name: String
    ) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try home.write("", to: home.layout.configFile)
            let path = "\(home.layout.root)/\(name)"
            try home.setMode(path, 0o775)
            _ = try home.library()
            try home.setMode(home.layout.root, 0o755)
            await expectFailure(.refused, path, "chmod go-w") { try home.library() }
        }
    }

    @Test(
        .enabled(if: geteuid() == 0, "only the superuser can give a file away"),
        arguments: [
            "config.toml", "current", "coordination", "plugins/x", "workspaces/work",
            "workspaces/work/profile.toml", "workspaces/work/jobs.db", "trash/x",
        ]
    )
    func `a home that holds a file of another user is refused`(name: String) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let path = "\(home.layout.root)/\(name)"
            if !home.exists(path) { try home.write("", to: path) }
            #expect(unsafe chown(path, 4711, 4711) == 0)
            await expectFailure(.refused, path, "belongs to user 4711") { try home.library() }
            // Nor by way of a link.
            let elsewhere = home.root + "/elsewhere"
            try FileManager.default.moveItem(atPath: path, toPath: elsewhere)
            try FileManager.default.createSymbolicLink(
                atPath: path,
                withDestinationPath: elsewhere
            )
            await expectFailure(.refused, path, "belongs to user 4711") { try home.library() }
            #expect(unsafe chown(elsewhere, 0, 0) == 0)
            _ = try home.library()
        }
    }

    @Test func `D12 a place that cannot be written is named`() async throws {
        // Nobody can make a directory there, not even the superuser.
        let library = try Home(environment: ["ADM_HOME": "/proc/self/adm"])
        await expectFailure(.storage, "/proc/self/adm") { try await library.selection() }
        await expectFailure(.storage, "/proc/self/adm") {
            try await library.create(WorkspaceName("work"))
        }
    }

    @Test func `reading makes nothing`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            #expect(try await library.list() == [])
            #expect(try await library.trash() == [])
            #expect(try await library.choice().name == .standard)
            #expect(!home.exists(home.layout.root))
        }
    }
}
