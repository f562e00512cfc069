import ADMDocuments
import ADMEngine
import ADMModel
import ADMTestServer
import ArgumentParser
import Foundation

/// `adm test`: shows that downloads work here, with files from a server of adm's own.
struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try everything with built-in test files, and print how it went.",
        usage: "adm test [--demo | --online] [--json]",
        discussion: """
            Starts a server on loopback with files of many sizes and faults, downloads all of them \
            with your settings into a temporary workspace, and compares every byte. The exit status \
            is 0 only when all are right.

            EXAMPLES:
              adm test
              adm test --demo
              adm test --online
            """
    )

    @Flag(name: .long, help: "Download one file of 100 MiB into the workspace demo, and keep it.")
    var demo = false

    @Flag(name: .long, help: "Use public test files on the Internet instead.")
    var online = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !(demo && online) else { throw ValidationError("choose --demo or --online") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        if demo { return try await Demonstration(context).run() }
        let results: [TestResult]
        if online {
            results = try await TestRun(context).run(OnlineFile.all.map(\.subject))
        } else {
            results = try await TestServer.run(files: Catalogue.files) { server in
                try await TestRun(context).run(Catalogue.items.map { Subject($0, on: server) })
            }
        }
        try context.show(results.map(\.document)) {
            context.table(
                ["", "FILE", "SIZE", "TIME", "RESULT"],
                results.map {
                    [
                        $0.problem == nil ? "ok" : "FAIL", $0.title,
                        $0.bytes.map { "\(ByteCount($0))" } ?? "", DurationText.elapsed($0.seconds),
                        $0.problem ?? $0.detail,
                    ]
                }
            )
        }
        let failed = results.count { $0.problem != nil }
        context.note(
            failed == 0
                ? "all \(results.count) files are right"
                : "\(failed) of \(results.count) files are NOT right"
        )
        if failed > 0 { throw ExitCode(Failure.Code.partial.exitCode) }
    }
}

/// One file to fetch and what must come of it.
struct Subject: Sendable {
    let title: String
    let url: String
    let fileName: String?
    let length: Int64
    let check: @Sendable (String) throws -> Bool

    init(
        title: String,
        url: String,
        fileName: String?,
        length: Int64,
        check: @escaping @Sendable (String) throws -> Bool
    ) {
        self.title = title
        self.url = url
        self.fileName = fileName
        self.length = length
        self.check = check
    }

    init(_ item: Catalogue.Item, on server: TestServer) {
        let body = item.body
        self.init(
            title: item.title,
            url: server.url(item.target),
            fileName: item.fileName,
            length: item.length
        ) { try body.matches(file: $0) }
    }
}

/// A public file that has been there for years.
struct OnlineFile {
    let url: String
    let length: Int64

    static let all = [
        OnlineFile(url: "https://speed.cloudflare.com/__down?bytes=10000000", length: 10_000_000),
        OnlineFile(url: "http://speedtest.tele2.net/10MB.zip", length: 10_485_760),
        OnlineFile(url: "https://ash-speed.hetzner.com/100MB.bin", length: 104_857_600),
    ]

    /// What must come of it: a file of the right length.
    var subject: Subject {
        Subject(title: url, url: url, fileName: nil, length: length) { [length] path in
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return size.map(Int64.init) == length
        }
    }
}
