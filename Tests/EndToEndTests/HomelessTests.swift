import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// A process without HOME, paths below it, and variables that mean nothing.
@Suite(.timeLimit(.minutes(2))) struct HomelessTests {
    private let files = [
        TestFile("/a.bin", length: 3000, seed: 1), TestFile("/b.bin", length: 3000),
    ]

    /// A rig whose `adm` gets no HOME, or one that leads nowhere.
    private func homeless(_ rig: DownloadRig, _ home: String?) -> DownloadRig {
        var adm = rig.adm
        adm.environment["HOME"] = home ?? ""
        return DownloadRig(server: rig.server, adm: adm)
    }

    @Test(arguments: [nil, "/nowhere", "relative"])
    func `who names a directory needs no HOME`(home: String?) async throws {
        try await DownloadRig.run(files) { rig in
            let rig = homeless(rig, home)
            #expect(try await rig.download("/a.bin").status == 0)
            try await rig.enqueue(["/b.bin"])
            for verb in [
                ["list"], ["history"], ["why", "1"], ["queue", "list"], ["events"], ["stats"],
                ["config", "show"], ["ws", "list"], ["run", "--until-empty"],
            ] {
                let outcome = try await rig.adm.output(verb)
                #expect(outcome.status == 0, "\(verb): \(outcome.errorOutput)")
            }
            #expect(try rig.isRight("default/b.bin", "/b.bin"))
        }
    }

    @Test(.enabled(if: NetworkSpace.isAllowed))
    func `without HOME the home directory of the user database counts`() async throws {
        try await DownloadRig.run(files) { rig in
            let users = rig.adm.home + "/passwd"
            let line = "root:x:0:0:root:\(rig.adm.home):/bin/sh\n"
            try Data(line.utf8).write(to: URL(fileURLWithPath: users))
            let adm = try AdmProcess.executable()
            // What docs/credentials.md shows as a unit gets no more of an environment than this.
            let script = """
                mount --bind "$1" /etc/passwd || exit 99
                env -i "$0" ws create work && env -i "$0" run --all-workspaces --until-empty \
                    && env -i "$0" download "$2" && env -i "$0" -w work profile set directory '~/here' \
                    && env -i "$0" -w work download "$2" && env -i "$0" download -d '~/there' "$2"
                """
            let outcome = try await ChildProcess.output(
                .init(
                    "/usr/bin/unshare",
                    ["--mount", "sh", "-c", script, adm, users, rig.server.url("/a.bin")],
                    environment: ["PATH": rig.adm.variables["PATH"] ?? "/usr/bin:/bin"]
                )
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let home = URL(fileURLWithPath: rig.adm.home).standardizedFileURL.path
            for path in ["Downloads/adm/default/a.bin", "here/a.bin", "there/a.bin", ".adm"] {
                #expect(FileManager.default.fileExists(atPath: home + "/" + path), "\(path)")
            }
            let unknown = try await ChildProcess.output(
                .init(
                    "/usr/bin/setpriv",
                    [
                        // A number that no user has.
                        "--reuid", "54321", "--regid", "54321", "--clear-groups", "env", "-i", adm,
                        "list",
                    ],
                    environment: ["PATH": rig.adm.variables["PATH"] ?? "/usr/bin:/bin"]
                )
            )
            #expect(unknown.status == 2)
            #expect(unknown.errorOutput.contains("HOME is not set"), "\(unknown.errorOutput)")
        }
    }

    @Test func `a path below the home directory is the same in an option and in the profile`()
        async throws
    {
        try await DownloadRig.run(files) { rig in
            try await rig.ok("ws", "create", "p", "-d", "~/x/../y")
            let directory = try await rig.ok("-w", "p", "profile", "get", "directory")
            try await rig.ok("add", "-d", "~/x/../y", rig.server.url("/a.bin"))
            let job = try await rig.adm.json(["show", "1", "--json"])
            #expect(job["directory"] as? String == directory.trimmingCharacters(in: .newlines))
            for line in [
                ["add", "-d", "~root/x", "https://example.org/"],
                ["ws", "create", "q", "-d", "~root/x"],
            ] {
                let outcome = try await rig.adm.output(line)
                #expect(outcome.status == 2)
                #expect(outcome.errorOutput.contains("only ~/ is understood"))
            }
            var adm = rig.adm
            adm.environment["HOME"] = "relative"
            let lost = try await adm.output(["add", "-d", "~/x", rig.server.url("/a.bin")])
            #expect(lost.status == 2)
            #expect(lost.errorOutput.contains("HOME does not name"), "\(lost.errorOutput)")
        }
    }

    @Test func `a variable that means nothing is told at once, and fails a validation`()
        async throws
    {
        try await DownloadRig.run { rig in
            var adm = rig.adm
            adm.environment["ADM_LIMIT_RATES"] = "1k"
            let listed = try await adm.output(["list"])
            #expect(listed.status == 0)
            #expect(listed.errorOutput.contains("unknown variable ADM_LIMIT_RATES"))
            #expect(listed.errorOutput.contains("did you mean ADM_LIMIT_RATE?"))
            let checked = try await adm.output(["profile", "validate"])
            #expect(checked.status == 2)
            #expect(checked.errorOutput.contains("ADM_LIMIT_RATES"))
            adm.environment = ["ADM_LIMIT_RATE": "1k", "ADM_LIMIT_RATES": ""]
            let right = try await adm.output(["profile", "validate"])
            #expect(right.status == 0)
            #expect(!right.errorOutput.contains("means nothing"))
        }
    }

    @Test func `a profile that is a link stays one, and its file keeps its mode`() async throws {
        try await DownloadRig.run { rig in
            try await rig.ok("ws", "create", "w")
            let layout = HomeLayout(root: rig.adm.admHome).workspace(try WorkspaceName("w"))
            let dots = rig.adm.home + "/dots"
            let files = FileManager.default
            try files.createDirectory(atPath: dots, withIntermediateDirectories: false)
            for (name, mode) in [("new.toml", 0o600), ("old.toml", 0o644), ("group.toml", 0o640)] {
                try files.removeItem(atPath: layout.profile)
                try files.createSymbolicLink(
                    atPath: layout.profile,
                    withDestinationPath: "../../../dots/" + name
                )
                if name != "new.toml" {
                    try Data("# mine\n".utf8).write(to: URL(fileURLWithPath: dots + "/" + name))
                    try files.setAttributes(
                        [.posixPermissions: mode],
                        ofItemAtPath: dots + "/" + name
                    )
                }
                try await rig.ok("-w", "w", "profile", "set", "retries", "5")
                let link = try files.destinationOfSymbolicLink(atPath: layout.profile)
                #expect(link == "../../../dots/" + name)
                let seen = try files.attributesOfItem(atPath: dots + "/" + name)[.posixPermissions]
                #expect((seen as? NSNumber)?.intValue == mode)
                let text = try String(contentsOfFile: dots + "/" + name, encoding: .utf8)
                #expect(text.contains("retries = 5"))
            }
        }
    }
}
