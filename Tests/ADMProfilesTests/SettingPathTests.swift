import ADMModel
import ADMProfiles
import Testing

/// Paths in settings.
struct SettingPathTests {
    private func directory(
        flag: String? = nil,
        variable: String? = nil,
        profile: String? = nil,
        home: String? = "/home/u"
    ) throws -> String? {
        var environment: [String: String] = [:]
        environment["HOME"] = home
        environment["ADM_DIRECTORY"] = variable
        return try SettingsResolution.resolve(
            flags: flag.map { ["directory": [$0]] } ?? [:],
            environment: environment,
            profile: try profile.map {
                try ProfileFile.parse(text: "directory = '\($0)'", path: "p")
            },
            config: nil,
            workingDirectory: "/cwd"
        ).directory
    }

    @Test(
        arguments: [
            ("~/x", "/home/u/x"), ("~", "/home/u"), ("/a//b/./c/", "/a/b/c"), ("/", "/"),
            ("/a/../b", "/a/../b"), ("/~", "/~"), ("/$HOME/x", "/$HOME/x"),
        ]
    )
    func `CF4 only a leading tilde is expanded`(path: String, expected: String) throws {
        #expect(try directory(flag: path) == expected)
        #expect(try directory(variable: path) == expected)
        #expect(try directory(profile: path) == expected)
    }

    @Test func `a relative path of a flag or variable starts from the working directory`() throws {
        #expect(try directory(flag: "x/y") == "/cwd/x/y")
        #expect(try directory(variable: "./~x") == "/cwd/~x")
        #expect(try directory(flag: "$HOME/x") == "/cwd/$HOME/x")
    }

    @Test func `an empty path in a higher layer takes a lower one back`() throws {
        #expect(try directory(flag: "", profile: "/x") == nil)
    }

    @Test func `without HOME a tilde is an error that names the place`() throws {
        for home in [nil, "", "relative"] {
            let problem = try failure { try directory(profile: "~/x", home: home) as Any }
            #expect(problem?.code == .configuration)
            #expect(problem?.message == "p:1:1: directory begins with ~, and HOME is not set")
            #expect(try directory(profile: "/x", home: home) == "/x")
        }
        let variable = try failure { try directory(variable: "~", home: nil) as Any }
        #expect(variable?.message == "ADM_DIRECTORY begins with ~, and HOME is not set")
    }

    @Test func `without HOME the home directory of the user database counts`() throws {
        let file = try ProfileFile.parse(text: "directory = '~/x'", path: "p")
        for environment in [[:], ["HOME": ""]] {
            let settings = try SettingsResolution.resolve(
                flags: [:],
                environment: environment,
                profile: file,
                config: nil,
                userHome: { "/home/recorded" }
            )
            #expect(settings.directory == "/home/recorded/x")
        }
    }

    @Test func `another user's home is not guessed`() throws {
        let problem = try failure { try directory(flag: "~root/x") as Any }
        #expect(problem?.code == .usage)
        #expect(problem?.message == "--directory must be a path, this is \"~root/x\"")
    }

    @Test func `the shown value is the absolute path`() throws {
        let settings = try SettingsResolution.resolve(
            flags: ["ca-file": ["ca.pem"]],
            environment: [:],
            profile: nil,
            config: nil,
            workingDirectory: "/cwd"
        )
        #expect(settings.transfer.caFile == "/cwd/ca.pem")
        #expect(settings.entries.first { $0.name == "ca-file" }?.value == "\"/cwd/ca.pem\"")
    }
}
