import ADMEngine
import ADMModel
import Foundation
import Testing

@Suite struct ProfileChangeTests {
    private static let text = """
        # mine
        limit-rate = "1 MiB" # slow line

        # the end
        """

    @Test func `a value changes and comments stay`() async throws {
        try await with { home, library, selection async throws in
            try await library.set("limit-rate", to: ["2MiB"], in: selection)
            let text = try home.text(selection.layout.profile)
            #expect(text.contains("# mine"))
            #expect(text.contains("# slow line"))
            #expect(text.contains("# the end"))
            let settings = try await library.settings(of: selection)
            #expect(settings.transfer.limitRate == Rate(ByteCount(2_097_152)))
            #expect(try await library.unset("limit-rate", in: selection))
            #expect(try await !library.unset("limit-rate", in: selection))
            #expect(try home.text(selection.layout.profile).contains("# mine"))
            #expect(
                try await library.settings(of: selection).transfer.limitRate == Rate(ByteCount(0))
            )
        }
    }

    @Test(arguments: [("limit-rat", "1"), ("limit-rate", "fast"), ("max-connections", "0")])
    func `a wrong key or value changes nothing`(_ key: String, _ value: String) async throws {
        try await with { home, library, selection async throws in
            await expectFailure(.configuration, key) {
                try await library.set(key, to: [value], in: selection)
            }
            #expect(try home.text(selection.layout.profile) == Self.text)
        }
    }

    @Test func `a text that is no profile never gets into place`() async throws {
        try await with { home, library, selection async throws in
            for broken in ["limit-rate =", "limit-rat = \"1M\"", "limit-rate = []"] {
                await expectFailure(.configuration, "profile.toml:1") {
                    try await library.replaceProfile(
                        of: selection,
                        with: broken,
                        expecting: Self.text
                    )
                }
            }
            #expect(try home.text(selection.layout.profile) == Self.text)
            #expect(try home.entries(selection.layout.root) == ["id", "profile.toml"])
        }
    }

    @Test func `a profile that somebody changed in the meantime is not overwritten`() async throws {
        try await with { home, library, selection async throws in
            try await library.set("retries", to: ["3"], in: selection)
            let theirs = try home.text(selection.layout.profile)
            await expectFailure(.locked, selection.layout.profile) {
                try await library.replaceProfile(of: selection, with: "", expecting: Self.text)
            }
            #expect(try home.text(selection.layout.profile) == theirs)
        }
    }

    @Test func `a profile that is a symbolic link stays one`() async throws {
        try await with { home, library, selection async throws in
            let target = home.root + "/dotfiles/work.toml"
            try home.write(Self.text, to: target)
            try FileManager.default.removeItem(atPath: selection.layout.profile)
            try FileManager.default.createSymbolicLink(
                atPath: selection.layout.profile,
                withDestinationPath: target
            )
            try home.setMode(target, 0o640)
            try await library.set("retries", to: ["3"], in: selection)
            #expect(try home.text(target).contains("retries = 3"))
            #expect(try home.mode(target) == 0o640)
            let link = try FileManager.default.destinationOfSymbolicLink(
                atPath: selection.layout.profile
            )
            #expect(link == target)
        }
    }

    @Test func `a link to a profile that is not there yet stays one`() async throws {
        try await with { home, library, selection async throws in
            let profile = selection.layout.profile
            let files = FileManager.default
            try files.createDirectory(
                atPath: home.root + "/dotfiles",
                withIntermediateDirectories: false
            )
            try files.removeItem(atPath: profile)
            try files.createSymbolicLink(
                atPath: profile,
                withDestinationPath: "../../../dotfiles/first"
            )
            try files.createSymbolicLink(
                atPath: home.root + "/dotfiles/first",
                withDestinationPath: "work.toml"
            )
            try await library.set("retries", to: ["3"], in: selection)
            #expect(try home.text(home.root + "/dotfiles/work.toml").contains("retries = 3"))
            #expect(try files.destinationOfSymbolicLink(atPath: profile).hasSuffix("first"))
            try files.removeItem(atPath: profile)
            try files.createSymbolicLink(atPath: profile, withDestinationPath: "profile.toml")
            await expectFailure(.storage, profile) {
                try await library.set("retries", to: ["3"], in: selection)
            }
        }
    }

    @Test func `many processes that set different keys lose none`() async throws {
        try await with { _, library, selection in
            let keys = ["retries": "3", "max-connections": "5", "max-redirects": "7"]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (key, value) in keys {
                    group.addTask {
                        try await library.set(key, to: [value], in: selection)
                    }
                }
                try await group.waitForAll()
            }
            let transfer = try await library.settings(of: selection).transfer
            #expect(transfer.retry.limit == 3)
            #expect(transfer.maxConnections == 5)
            #expect(transfer.maxRedirects == 7)
        }
    }

    @Test func `a missing profile means the layers below, and can be written again`() async throws {
        try await with { home, library, selection async throws in
            try FileManager.default.removeItem(atPath: selection.layout.profile)
            try await library.validate(selection)
            #expect(try await library.profile(of: selection).isEmpty)
            try await library.set("retries", to: ["3"], in: selection)
            #expect(try home.mode(selection.layout.profile) == 0o600)
        }
    }

    private func with(
        _ body: (TestHome, Home, WorkspaceSelection) async throws -> Void
    ) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let selection = try await library.selection(workspace: "work")
            try home.write(Self.text, to: selection.layout.profile)
            try await body(home, library, selection)
        }
    }
}
