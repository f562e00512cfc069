import ADMEngine
import ADMModel
import Foundation
import Testing

/// The rules that every job keeps, without a workspace.
@Suite struct JobRulesTests {
    private func request(_ name: String = "a") throws -> JobRequest {
        JobRequest(url: try SourceURL("https://a.example/\(name)"))
    }

    private func job(_ number: Int64, _ url: String, withholds: [String] = []) throws -> Job {
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

    private func expectFailure(_ code: Failure.Code, _ body: () throws -> Void) {
        let failure = #expect(throws: Failure.self) { try body() }
        #expect(failure?.code == code)
    }

    @Test func `a request with an impossible priority, name or setting cannot be a job`() throws {
        var wrong = [try request(), try request(), try request()]
        wrong[0].priority = Priority.allowed.upperBound + 1
        wrong[1].fileName = "../a"
        wrong[2].settings.retries = 5000
        try JobRules.check(try request())
        for wrong in wrong {
            let good = try request()
            expectFailure(.usage) { try JobRules.check(wrong) }
            expectFailure(.usage) { try JobRules.check([good, wrong]) }
            expectFailure(.usage) { try JobRules.check([JobDraft(good), JobDraft(wrong)]) }
        }
    }

    @Test func `settings are looked at again when they differ from those of the job before`() throws
    {
        var good = try request("b")
        good.settings.retries = 3
        var wrong = good
        wrong.settings.maxRedirects = 51
        try JobRules.check([good, good])
        let last = wrong
        expectFailure(.usage) { try JobRules.check([good, good, last]) }
    }

    @Test func `what waits in the queue has words as tags and no secret`() throws {
        var secret = try request()
        secret.headers = [try HeaderField(name: "Authorization", value: "Bearer x")]
        let waiting = JobDraft(secret)
        try JobRules.check(secret)
        expectFailure(.authentication) { try JobRules.check([waiting]) }
        let tagged = JobDraft(try request(), tags: ["good", "two words"])
        expectFailure(.usage) { try JobRules.check([tagged]) }
        try JobRules.check([JobDraft(try request(), tags: ["good"])])
    }

    @Test func `a change keeps the rules, and a priority of an earlier version may stay`() throws {
        var old = try job(1, "https://a.example/1")
        old.request.priority = Priority.allowed.upperBound + 1
        let present = old
        try JobRules.check(JobChange(), of: present)
        var changes = [JobChange(), JobChange(), JobChange(), JobChange()]
        changes[0].priority = Priority.allowed.upperBound + 1
        changes[1].fileName = "../../a"
        changes[2].settings.maxRedirects = 51
        changes[3].addedTags = [""]
        for change in changes {
            expectFailure(.usage) { try JobRules.check(change, of: present) }
        }
    }

    @Test func `a secret header field goes to the jobs of one server that were added with it`()
        throws
    {
        let secret = try HeaderField(name: "X-Api-Key", value: "k")
        let plain = try HeaderField(name: "Accept", value: "text/html")
        let with = try job(1, "https://a.example/1", withholds: ["x-api-key"])
        let without = try job(2, "https://b.example/2")
        let fields = try JobRules.headers([secret, plain], for: [with, without])
        #expect(fields == [[secret, plain], [plain]])
        let elsewhere = try job(3, "https://b.example/3", withholds: ["X-Api-Key"])
        for jobs in [[with, elsewhere], [without]] {
            expectFailure(.usage) { _ = try JobRules.headers([secret], for: jobs) }
        }
    }

    @Test func `the fault of one job is told from that of the workspace`() {
        let ofJob: [Failure.Code] = [
            .usage, .configuration, .refused, .authentication, .jobNotFound, .exists,
        ]
        for code in ofJob { #expect(code.concernsOneJob) }
        for code in [Failure.Code.noSpace, .storage, .locked, .databaseDamaged, .credentialStore] {
            #expect(!code.concernsOneJob)
        }
    }
}
