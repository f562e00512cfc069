import ADMModel
import Foundation
import Testing

@testable import ADMDocuments

@Suite struct JobBodyDraftTests {
    private let paths = PathExpansion(home: "/home/me", workingDirectory: "/here")

    private func draft(_ fields: String, over base: JobDraft) throws -> JobDraft {
        let body = try JobBody.parse("{\"url\":\"https://h/a\"\(fields)}")
        return try body.draft(over: base, paths: paths) { (fields) throws(Failure) in
            guard let retries = fields["retries"].flatMap({ Int($0) }) else {
                throw Failure(.configuration, "\(fields)")
            }
            var settings = JobSettings()
            settings.retries = retries
            return settings
        }
    }

    private func base() throws -> JobDraft {
        var base = JobDraft(try SourceURL("https://h/a"), options: JobOptions(directory: "/base"))
        base.request.fileName = "base"
        base.request.priority = 7
        base.request.settings.maxConnections = 3
        base.tags = ["base"]
        base.after = 4
        base.isUnique = true
        return base
    }

    @Test func `what it does not say stays as it was`() throws {
        #expect(try draft("", over: base()) == base())
    }

    @Test func `what it says goes before, and lists are joined`() throws {
        let draft = try draft(
            """
            ,"filename":"b","dir":"sub","hash":"md5:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","if_exists":"skip",
            "priority":-2,"headers":["A: b"],"mirrors":["https://m/a"],"tags":["t"],"at":"+1h",
            "after":7,"unique":false,"settings":{"retries":"2"}
            """,
            over: base()
        )
        #expect(draft.request.fileName == "b")
        #expect(draft.request.directory == "/here/sub")
        #expect(draft.request.checksum?.algorithm == .md5)
        #expect(draft.request.ifExists == .skip)
        #expect(draft.request.priority == -2)
        #expect(draft.request.headers.map(\.name) == ["A"])
        #expect(draft.request.mirrors == [try SourceURL("https://m/a")])
        #expect(draft.request.settings.retries == 2)
        #expect(draft.request.settings.maxConnections == 3)
        #expect(draft.tags == ["base", "t"])
        #expect(draft.runAt != nil && draft.after == 7 && !draft.isUnique)
    }

    @Test(
        arguments: [
            #""dir":"~other/d""#, #""hash":"sha256:0""#, #""headers":["no colon"]"#,
            #""mirrors":["m"]"#, #""at":"yesterday""#,
        ]
    )
    func `what cannot be understood is refused`(field: String) throws {
        let failure = #expect(throws: Failure.self) { try draft("," + field, over: base()) }
        #expect(failure?.code == .usage)
    }

    @Test func `what is wrong with the settings is told as it comes`() throws {
        let failure = #expect(throws: Failure.self) {
            try draft(#","settings":{"proxy":"x"}"#, over: base())
        }
        #expect(failure?.code == .configuration)
    }
}
