import ADMEngine
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// The rules of a job hold whichever way it comes in.
@Suite(.timeLimit(.minutes(1))) struct RuleTests {
    private func with(_ body: @Sendable (Workspace) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(["HOME": root, "ADM_HOME": root + "/.adm"]) { home in
                try await body(home.workspace())
            }
        }
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
            await #expect { try await work.queue.add([wrong]) } throws: {
                ($0 as? Failure)?.code == .usage
            }
            let number = try #require(try await work.queue.add([draft()]).first?.number)
            var change = JobChange()
            change.addedTags = [tag]
            let job = try await work.job("\(number)")
            await #expect { try await work.queue.change(job, change) } throws: {
                ($0 as? Failure)?.code == .usage
            }
            #expect(try await work.job("\(number)") == job)
        }
    }

    @Test func `a job is changed by the rules by which it is added`() async throws {
        try await with { work in
            let number = try #require(try await work.queue.add([draft()]).first?.number)
            let job = try await work.job("\(number)")
            var changes = [JobChange(), JobChange(), JobChange()]
            changes[0].priority = Priority.allowed.upperBound + 1
            changes[1].fileName = "../../a"
            changes[2].settings.maxRedirects = 51
            for change in changes {
                await #expect { try await work.queue.change(job, change) } throws: {
                    ($0 as? Failure)?.code == .usage
                }
            }
            #expect(try await work.job("\(number)") == job)
        }
    }
}
