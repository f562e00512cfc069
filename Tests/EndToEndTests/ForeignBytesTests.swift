import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Names, lists and paths in bytes that are not UTF-8: read as documented, used as they are, or refused.
@Suite(.timeLimit(.minutes(2))) struct ForeignBytesTests {
    private static func latin1(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8($0.value) }
    }

    /// A file whose answer has one more field, in these bytes.
    private static func file(_ path: String, _ name: String, _ value: [UInt8]) -> TestFile {
        var behaviour = Behaviour()
        behaviour.headers = [HeaderLine(name, bytes: value)]
        return TestFile(path, length: 1000, behaviour)
    }

    /// Runs a line of shell with the program as `$0`; `\374` in printf is a byte that is not UTF-8.
    private func shell(
        _ rig: DownloadRig,
        _ script: String,
        _ arguments: String...
    ) async throws -> ChildProcess.Outcome {
        let line = ["-c", script, try AdmProcess.executable()] + arguments
        return try await ChildProcess.output(
            .init("/bin/sh", line, environment: rig.adm.variables, directory: rig.adm.home)
        )
    }

    @Test func `names of a server are UTF-8 or ISO 8859-1, and never become one`() async throws {
        let names = ["foo-ä.bin", "foo-ö.bin", "£ rates.pdf"]
        let files = names.enumerated().map { number, name in
            Self.file(
                "/x/\(number)",
                "Content-Disposition",
                Self.latin1("attachment; filename=\"\(name)\"")
            )
        }
        let text = Self.file(
            "/x/3",
            "Content-Disposition",
            Array("attachment; filename=\"你好.bin\"".utf8)
        )
        let unknown = Self.file(
            "/x/url.bin",
            "Content-Disposition",
            Self.latin1("attachment; filename*=iso-8859-15'es'f%FA.html")
        )
        try await DownloadRig.run(files + [text, unknown]) { rig in
            for path in files.map(\.path) + ["/x/3", "/x/url.bin"] {
                let outcome = try await rig.download(path)
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(rig.saved() == (names + ["你好.bin", "url.bin"]).sorted())
        }
    }

    @Test func `a byte of Location is asked for as that byte`() async throws {
        var behaviour = Behaviour()
        behaviour.rawResponses = [
            RawResponse(
                bytes: Self.latin1(
                    "HTTP/1.1 302 Found\r\nLocation: /caf\u{E9}.bin\r\nContent-Length: 0\r\n\r\n"
                )
            )
        ]
        let start = TestFile("/start", length: 1, behaviour)
        try await DownloadRig.run([start, TestFile("/caf%E9.bin", length: 1000)]) { rig in
            let outcome = try await rig.download("/start")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["caf%E9.bin"])
            #expect(rig.server.requests().last?.target == "/caf%E9.bin")
        }
    }

    @Test func `a list in ISO 8859-1 asks for its bytes, and names files in characters`()
        async throws
    {
        let files = [TestFile("/caf%E9.bin", length: 1000), TestFile("/b", length: 1000, seed: 2)]
        try await DownloadRig.run(files) { rig in
            let list = rig.adm.home + "/list"
            let lines =
                "\(rig.server.url("/caf"))\u{E9}.bin\n"
                + "\(rig.server.url("/b"))\tfilename=m\u{FC}ller.bin\theader=X-Name: \u{E9}\n"
            try Data(Self.latin1(lines)).write(to: URL(fileURLWithPath: list))
            let outcome = try await rig.adm.output(["download", "batch", list, "-d", rig.directory])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["caf%E9.bin", "müller.bin"])
            // The test server reads UTF-8, and shows a byte that is not as this.
            let sent = rig.server.requests("/b").first?.header("x-name")
            #expect(sent == "\u{FFFD}")

            let other = Self.latin1("\(rig.server.url("/b"))\tdir=m\u{FC}ller\n")
            try Data(other).write(to: URL(fileURLWithPath: list))
            let refused = try await rig.adm.output(["download", "batch", list, "-d", rig.directory])
            #expect(refused.status != 0)
            #expect(refused.errorOutput.contains("list:1: the name after dir= is not UTF-8"))
            let json = try await shell(
                rig,
                "printf '{\"url\": \"http://a.test/\\351\"}\\n' | \"$0\" add --json-lines -"
            )
            #expect(json.status != 0, "\(json.errorOutput)")
            #expect(json.errorOutput.contains("not UTF-8, which JSON has to be"))
        }
    }

    @Test func `a header file is sent in its own bytes, line by line`() async throws {
        try await DownloadRig.run([TestFile("/a", length: 1000)]) { rig in
            // 0x85 ends a line in Unicode, and not in a file of header fields.
            let script = """
                printf '\\357\\273\\277X-A: caf\\351\\205\\r\\nX-B: caf\\303\\251\\n' > fields
                "$0" download -d "$1" --header @fields "$2"
                """
            let outcome = try await shell(rig, script, rig.directory, rig.server.url("/a"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let request = try #require(rig.server.requests().first)
            #expect(request.header("x-a") == "caf\u{FFFD}")
            #expect(request.header("x-b") == "café")
        }
    }

    @Test(arguments: [
        ("\"$0\" download -d \"$n\" \"$1\"", "argument 3 (m\\xFCller) is not valid UTF-8", 2),
        ("cd \"$n\"; \"$0\" download -d . \"$1\"", "has a name that is not UTF-8", 9),
        ("cd \"$n\"; \"$0\" ws create x --dir y", "has a name that is not UTF-8", 9),
        ("ADM_HOME=$PWD/$n/h \"$0\" list", "the variable ADM_HOME is not valid UTF-8", 2),
        ("HOME=$PWD/$n \"$0\" list", "the variable HOME is not valid UTF-8", 2),
        ("ADM_DIRECTORY=$PWD/$n \"$0\" list", "the variable ADM_DIRECTORY is not", 2),
        ("cd \"$n\"; rmdir \"$PWD\"; \"$0\" download -d . \"$1\"", "cannot be found", 9),
    ])
    func `a path that is not UTF-8 is refused, and nothing is made elsewhere`(
        script: String,
        message: String,
        status: Int32
    ) async throws {
        try await DownloadRig.run([TestFile("/a", length: 1000)]) { rig in
            let outcome = try await shell(
                rig,
                "n=$(printf 'm\\374ller'); mkdir \"$n\"; " + script,
                rig.server.url("/a")
            )
            #expect(outcome.status == status, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains(message), "\(outcome.errorOutput)")
            #expect(rig.server.requests().isEmpty)
            let names = try FileManager.default.contentsOfDirectory(atPath: rig.adm.home)
            #expect(names.count { $0.hasPrefix("m") } <= 1, "\(names)")
        }
    }

    @Test func `in a directory that is not UTF-8 everything works that is not relative to it`()
        async throws
    {
        try await DownloadRig.run([TestFile("/a", length: 1000)]) { rig in
            let script = """
                n=$(printf 'm\\374ller'); mkdir "$n"; cd "$n"; export LS_COLORS="$n"
                printf 'X-A: b\\n' > fields
                "$0" list && "$0" download -d "$1" --header @fields "$2"
                """
            let outcome = try await shell(rig, script, rig.directory, rig.server.url("/a"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a", "/a"))
            #expect(rig.server.requests().first?.header("x-a") == "b")
        }
    }
}
