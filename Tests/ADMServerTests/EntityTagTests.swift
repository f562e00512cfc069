import ADMModel
import Foundation
import Testing

@testable import ADMServer

/// The entity tag of a job.
struct EntityTagTests {
    private func job() throws -> Job {
        Job(
            id: try #require(JobID("01J00000000000000000000001")),
            number: 1,
            request: JobRequest(url: try SourceURL("https://example.org/f")),
            state: .ready,
            directory: "/d",
            createdAt: Date(timeIntervalSince1970: 1),
            runAt: Date(timeIntervalSince1970: 1)
        )
    }

    @Test func `progress does not change it, and what can be changed does`() throws {
        let before = try job()
        let tag = EntityTag.of(before)
        var job = before
        job.bytesDone = 7
        #expect(EntityTag.of(job) == tag)
        job = before
        job.request.priority = 2
        #expect(EntityTag.of(job) != tag)
        job = before
        job.tags = ["night"]
        #expect(EntityTag.of(job) != tag)
        job = before
        job.state = .paused
        #expect(EntityTag.of(job) != tag)
        job = before
        job.request.settings.limitRate = Rate(ByteCount(1000))
        #expect(EntityTag.of(job) != tag)
    }

    @Test func `a field names it alone, among others, or by a star`() throws {
        let tag = EntityTag.of(try job())
        for field in [tag, "*", "\"x\", \(tag)", " \(tag) ,\"y\""] {
            #expect(EntityTag.matches(field, tag))
        }
        for field in ["", "\"x\"", "W/\(tag)", String(tag.dropLast())] {
            #expect(!EntityTag.matches(field, tag))
        }
    }
}
