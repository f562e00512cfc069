import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `adm download batch`: a list of URLs with options, read as it comes.
@Suite(.timeLimit(.minutes(2))) struct BatchTests {
    private static func files(_ count: Int, length: Int64 = 100) -> [TestFile] {
        (0..<count).map { TestFile("/f\($0).bin", length: length, seed: UInt64($0) + 1) }
    }

    /// Runs a list that comes by standard input.
    private func batch(
        _ rig: DownloadRig,
        _ list: String,
        _ options: String...
    ) async throws -> ChildProcess.Outcome {
        try await rig.adm.output(
            ["download", "batch", "-", "-d", rig.directory] + options,
            input: .text(list)
        )
    }

    @Test(arguments: ["\n", "\r\n"])
    func `comments, empty lines, line ends and a byte order mark are no URLs`(
        end: String
    )
        async throws
    {
        try await DownloadRig.run(Self.files(3)) { rig in
            let list = [
                "\u{FEFF}\(rig.server.url("/f0.bin"))", "# http://comment.invalid/x", "", "   ",
                "  # indented", "\t", "  \(rig.server.url("/f1.bin"))  ",
                rig.server.url("/f2.bin"),
            ]
            let outcome = try await batch(rig, list.joined(separator: end))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin", "f1.bin", "f2.bin"])
            for name in rig.saved() { #expect(try rig.isRight(name, "/\(name)")) }
        }
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "\u{FEFF}"])
    func `a list without URLs is success`(list: String) async throws {
        try await DownloadRig.run { rig in
            let outcome = try await batch(rig, list)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.isEmpty, "\(outcome.errorOutput)")
        }
    }

    @Test func `a host that wants to be left alone holds up no other host of the list`()
        async throws
    {
        var busy = Behaviour()
        busy.refusals = [Refusal(503, .always, retryAfter: .seconds(3000))]
        let files = (0..<90).map { TestFile("/busy\($0)", length: 1000, busy) }
        try await DownloadRig.run(files + [TestFile("/free", length: 1000)]) { rig in
            let lines = (0..<90).map { rig.server.url("/busy\($0)") }
            // Another name of the same machine is another host.
            let list = lines + [rig.server.url("/free", host: "localhost")]
            let path = rig.adm.home + "/list"
            try list.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let line = ["download", "-d", rig.directory, "--print-path", "batch", path]
            try await rig.adm.run(line) { child in
                try await child.waitForOutput(containing: "/free\n")
                child.kill()
                _ = try await child.wait()
            }
            #expect(try rig.isRight("free", "/free"))
        }
    }

    @Test func `a list may be a file, named from where the person is`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let list = "\(rig.server.url("/f0.bin"))\n\(rig.server.url("/f1.bin"))\n"
            try list.write(
                toFile: rig.adm.home + "/urls.txt",
                atomically: true,
                encoding: .utf8
            )
            let outcome = try await rig.adm.output(
                ["download", "-d", rig.directory, "batch", "urls.txt"]
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin", "f1.bin"])
        }
    }

    @Test(arguments: ["\n", "\r\n"])
    func `each line has options of its own after tabs`(end: String) async throws {
        try await DownloadRig.run(Self.files(6)) { rig in
            let digest = try await #require(rig.server.file("/f3.bin")).body.sha256()
            let urls = (0..<6).map { rig.server.url("/f\($0).bin") }
            let list = [
                "\(urls[0])\tfilename=a name.iso", "\(urls[1])\tdir=inner/deeper",
                "\(urls[2])\tdir=\(rig.adm.home)/elsewhere\tfilename=b",
                "\(urls[3])\thash=sha256:\(digest)\t\t",
                "\(urls[4])\theader=X-Line: four\theader=X-More: five, six",
                "\(urls[5])\tuser-agent=line/5", "\(urls[5])\tfilename=a name.iso\tif-exists=skip",
            ]
            let outcome = try await batch(
                rig,
                list.joined(separator: end) + end,
                "--max-concurrent",
                "1"
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(
                rig.saved().filter { $0.hasSuffix(".bin") || $0.hasSuffix(".iso") }
                    == ["a name.iso", "f3.bin", "f4.bin", "f5.bin", "inner/deeper/f1.bin"]
            )
            #expect(try rig.isRight("a name.iso", "/f0.bin"))
            #expect(try rig.isRight("../elsewhere/b", "/f2.bin"))
            #expect(outcome.errorOutput.contains("verified (given by you)"))
            let four = rig.server.requests("/f4.bin")
            #expect(four.allSatisfy { $0.header("X-Line") == "four" })
            #expect(four.allSatisfy { $0.header("X-More") == "five, six" })
            let five = rig.server.requests("/f5.bin")
            #expect(five.contains { $0.header("User-Agent") == "line/5" })
            #expect(five.allSatisfy { $0.header("X-Line") == nil })
        }
    }

    @Test func `options of the command line count if the line says nothing`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            try FileManager.default.createDirectory(
                atPath: rig.directory,
                withIntermediateDirectories: true
            )
            for name in ["f0.bin", "f1.bin"] {
                try "mine".write(
                    toFile: "\(rig.directory)/\(name)",
                    atomically: true,
                    encoding: .utf8
                )
            }
            let list = """
                \(rig.server.url("/f0.bin"))
                \(rig.server.url("/f1.bin"))\tif-exists=overwrite
                """
            let outcome = try await batch(rig, list, "--if-exists", "error")
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            let kept = try String(contentsOfFile: rig.directory + "/f0.bin", encoding: .utf8)
            #expect(kept == "mine")
            #expect(try rig.isRight("f1.bin", "/f1.bin"))
        }
    }

    @Test func `what a line says is nearer than what the command line says`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let list = """
                \(rig.server.url("/f0.bin"))\tuser-agent=line/0
                \(rig.server.url("/f1.bin"))
                """
            let outcome = try await batch(rig, list, "--user-agent", "command/1")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let agents = ["/f0.bin", "/f1.bin"].map { path in
                Set(rig.server.requests(path).map { $0.header("User-Agent") })
            }
            #expect(agents == [["line/0"], ["command/1"]])
        }
    }

    @Test func `bad lines are reported by number, and the rest continues`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let url = rig.server.url("/f0.bin")
            let bad: [(line: String, word: String)] = [
                ("no url at all", "URL"), ("ftp://h/x", "ftp"),
                ("https://geheim@h/x", "password"), ("\(url)\tnonsense", "nonsense"),
                ("\(url)\tfilenam=x", "filename"), ("\(url)\thash=sha256:zz", "sha256"),
                ("\(url)\tif-exists=maybe", "if-exists"), ("\(url)\theader=no colon", "header"),
                ("\(url)\tfilename=../x", "../x"), ("\(url)\tlimit-rate=fast", "limit-rate"),
                ("\(url)\tmax-connections=0", "max-connections"), ("http://h\u{0}/x", "name"),
            ]
            let list = ["# list"] + bad.map(\.line) + [rig.server.url("/f1.bin")]
            let outcome = try await batch(rig, list.joined(separator: "\n"))
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            let reported = outcome.errorOutput.split(separator: "\n")
            for (index, (line, word)) in bad.enumerated() {
                let place = "standard input:\(index + 2): "
                let report = reported.filter { $0.contains(place) }
                #expect(report.count == 1, "\(line.debugDescription) in \(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains(word), "\(word) in \(outcome.errorOutput)")
            }
            #expect(!outcome.errorOutput.contains("geheim"))
            #expect(!outcome.errorOutput.contains("standard input:1:"))
            #expect(!outcome.errorOutput.contains("standard input:\(bad.count + 2):"))
            #expect(rig.saved() == ["f1.bin"])
            #expect(rig.server.requests("/f0.bin").isEmpty)
        }
    }

    @Test func `a file's bad lines are reported with its name`() async throws {
        try await DownloadRig.run(Self.files(1)) { rig in
            let path = rig.adm.home + "/urls.txt"
            try "\(rig.server.url("/f0.bin"))\n\nnonsense\n"
                .write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try await rig.adm.output(
                ["download", "batch", path, "-d", rig.directory]
            )
            #expect(outcome.status == 7)
            #expect(outcome.errorOutput.contains("\(path):3: "), "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin"])
        }
    }

    @Test func `a list with nothing but bad lines ends with their code`() async throws {
        try await DownloadRig.run { rig in
            let outcome = try await batch(rig, "nonsense\nhttp://\n")
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
        }
    }

    @Test func `a list that cannot be read is named before anything is done`() async throws {
        try await AdmProcess.withHome { adm in
            for path in [adm.home + "/missing.txt", adm.home] {
                let outcome = try await adm.output(["download", "batch", path])
                #expect(outcome.status == 2, "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains(path), "\(outcome.errorOutput)")
            }
            let unnamed = try await adm.output(["download", "batch"])
            #expect(unnamed.status == 2)
            let twice = try await adm.output(["download", "batch", "a", "b"])
            #expect(twice.status == 2)
            let named = try await adm.output(["download", "batch", "-", "-O", "x"])
            #expect(named.status == 2)
            #expect(named.errorOutput.contains("filename="), "\(named.errorOutput)")
        }
    }

    @Test(arguments: [65_537, 5_000_000])
    func `a line that is too long is reported, and the rest continues`(length: Int) async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let list = """
                \(rig.server.url("/f0.bin"))
                http://h/\(String(repeating: "x", count: length - 9))
                \(rig.server.url("/f1.bin"))
                """
            let outcome = try await batch(rig, list)
            #expect(outcome.status == 7)
            #expect(outcome.errorOutput.contains("standard input:2: "))
            #expect(outcome.errorOutput.contains("65536"), "\(outcome.errorOutput.prefix(2000))")
            #expect(outcome.errorOutput.utf8.count < 10_000)
            #expect(rig.saved() == ["f0.bin", "f1.bin"])
        }
    }

    @Test func `more lines than are under way at once all get their turn`() async throws {
        try await DownloadRig.run(Self.files(300, length: 10)) { rig in
            let list = (0..<300).map { rig.server.url("/f\($0).bin") }.joined(separator: "\n")
            let outcome = try await batch(rig, list, "--max-concurrent", "16")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved().count == 300)
            for index in 0..<300 { #expect(try rig.isRight("f\(index).bin", "/f\(index).bin")) }
        }
    }

    @Test func `a stream that never ends: the first line is fetched at once, Ctrl-C ends it`()
        async throws
    {
        try await DownloadRig.run(Self.files(3)) { rig in
            let line = ["download", "batch", "-", "-d", rig.directory]
            let outcome = try await rig.adm.run(line, input: .open) { child in
                for index in 0..<2 {
                    try child.write(rig.server.url("/f\(index).bin") + "\n")
                    try await child.waitForOutput(containing: "saved ~/downloads/f\(index)")
                    #expect(try rig.isRight("f\(index).bin", "/f\(index).bin"))
                }
                // Half a line is no line yet.
                try child.write(rig.server.url("/f2"))
                child.send(SIGINT)
                return try await child.wait()
            }
            #expect(outcome.status == 130, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin", "f1.bin"])
            #expect(rig.server.requests("/f2").isEmpty)
        }
    }

    @Test func `a stream that ends late is finished with its last line`() async throws {
        try await DownloadRig.run(Self.files(2)) { rig in
            let line = ["download", "batch", "-", "-d", rig.directory]
            let outcome = try await rig.adm.run(line, input: .open) { child in
                try child.write(rig.server.url("/f0.bin") + "\n")
                try await child.waitForOutput(containing: "saved ")
                #expect(child.termination == nil)
                try child.write(rig.server.url("/f1.bin"))
                try child.closeInput()
                return try await child.wait()
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["f0.bin", "f1.bin"])
        }
    }

    @Test func `Ctrl-C in the middle of a stream keeps what is half done`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 2 * 1_048_576)]
        // More than all connections together send before they fall silent.
        let file = TestFile("/slow.bin", length: 24 * 1_048_576, seed: 4, behaviour)
        try await DownloadRig.run([file]) { rig in
            let line = ["download", "batch", "-", "-d", rig.directory]
            let stopped = try await rig.adm.run(line, input: .open) { child in
                try child.write(rig.server.url("/slow.bin") + "\n")
                try await rig.server.waitUntilStalled(path: "/slow.bin")
                child.send(SIGINT)
                return try await child.wait()
            }
            #expect(stopped.status == 130, "\(stopped.errorOutput)")
            #expect(stopped.errorOutput.contains("adm resume"))
            #expect(try await rig.show().state == "paused")
            rig.server.update("/slow.bin") { $0.behaviour.interruptions = [] }
            let again = try await batch(rig, rig.server.url("/slow.bin"))
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("slow.bin", "/slow.bin"))
            #expect(rig.saved() == ["slow.bin"])
        }
    }
}
