import ADMEngine
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// The rules of a job, which hold whichever way it comes in.
@Suite(.timeLimit(.minutes(1))) struct RuleTests {
    private func with(_ body: @Sendable (Workspace) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(["HOME": root, "ADM_HOME": root + "/.adm"]) { home in
                try await body(home.workspace())
            }
        }
    }

    private func job(_ number: Int64, _ url: String, withholds: [String]) throws -> Job {
        Job(
            id: JobID(),
            number: number,
            request: JobRequest(url: try SourceURL(url)),
            withheldHeaders: withholds,
            state: .paused,
            directory: "/d",
            createdAt: Date()
        )
    }

    private func draft(_ url: String = "http://127.0.0.1:9/a") throws -> JobDraft {
        JobDraft(try SourceURL(url))
    }

    @Test(
        arguments: [
            "", "two words", "a\tb", "a\nb", "a\u{A0}b", "\u{7F}",
            String(repeating: "t", count: 201),
        ]
    )
    func `what is not one word is not a tag, neither of a new job nor of an old one`(
        _ tag: String
    ) async throws {
        try await with { work in
            var wrong = try draft()
            wrong.tags = ["good", tag]
            await #expect { try await work.enqueue([wrong]) } throws: {
                ($0 as? Failure)?.code == .usage
            }
            let number = try #require(try await work.enqueue([draft()]).first?.number)
            var change = JobChange()
            change.addedTags = [tag]
            let job = try await work.job("\(number)")
            await #expect { try await work.change(job, change) } throws: {
                ($0 as? Failure)?.code == .usage
            }
            #expect(try await work.job("\(number)") == job)
        }
    }

    @Test func `a job is changed by the rules by which it is added`() async throws {
        try await with { work in
            let number = try #require(try await work.enqueue([draft()]).first?.number)
            let job = try await work.job("\(number)")
            var changes = [JobChange(), JobChange(), JobChange()]
            changes[0].priority = Priority.allowed.upperBound + 1
            changes[1].fileName = "../../a"
            changes[2].settings.maxRedirects = 51
            for change in changes {
                await #expect { try await work.change(job, change) } throws: {
                    ($0 as? Failure)?.code == .usage
                }
            }
            #expect(try await work.job("\(number)") == job)
        }
    }

    @Test func `a secret header field goes to the jobs of one server that were added with it`()
        async throws
    {
        let secret = try HeaderField(name: "X-Api-Key", value: "k")
        let plain = try HeaderField(name: "Accept", value: "text/html")
        try await with { work in
            let with = try job(1, "https://a.example/1", withholds: ["x-api-key"])
            let without = try job(2, "https://b.example/2", withholds: [])
            let fields = try work.headers([secret, plain], for: [with, without])
            #expect(fields == [[secret, plain], [plain]])
            let elsewhere = try job(3, "https://b.example/3", withholds: ["X-Api-Key"])
            for jobs in [[with, elsewhere], [without]] {
                #expect { try work.headers([secret], for: jobs) } throws: {
                    ($0 as? Failure)?.code == .usage
                }
            }
        }
    }

    @Test func `a document that nobody fetched sends no secret anywhere`() async throws {
        let options = JobOptions(headers: [try HeaderField(name: "Cookie", value: "a=b")])
        let metalink = """
            <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a">
            <hash type="sha-256">\(String(repeating: "0", count: 64))</hash>
            <url>https://a.example/a</url></file></metalink>
            """
        try await with { work in
            #expect {
                try work.requests(
                    ofMetalink: Array(metalink.utf8),
                    named: "a.meta4",
                    like: options
                )
            } throws: { ($0 as? Failure)?.code == .refused }
            let requests = try work.requests(
                ofMetalink: Array(metalink.utf8),
                named: "a.meta4",
                like: JobOptions()
            )
            #expect(requests.count == 1)
        }
    }

    @Test func `an action is for the states from which it leads somewhere`() {
        let all: [QueueAction] = [.pause, .resume, .cancel, .retry(evenSucceeded: false)]
        for action in all {
            #expect(!action.states.isEmpty)
            #expect(!action.states.contains(.succeeded))
        }
    }
}
