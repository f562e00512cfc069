import ADMModel
import Foundation
import Testing

@testable import ADMServer

/// Pages of a list of jobs.
@Suite struct PageTests {
    private func listing(_ numbers: [Int64], damaged: [Int64] = []) throws -> JobListing {
        var listing = JobListing()
        let url = try SourceURL("https://h/a")
        listing.jobs = numbers.map { number in
            Job(
                id: JobID(),
                number: number,
                request: JobRequest(url: url),
                state: .ready,
                directory: "/d",
                createdAt: Date()
            )
        }
        listing.unreadable = damaged.map {
            UnreadableJob(number: $0, failure: Failure(.databaseDamaged, "x"))
        }
        return listing
    }

    @Test func `the last page leads nowhere`() throws {
        #expect(try Page(listing([]), limit: 3).next == nil)
        #expect(try Page(listing([9]), limit: 3).next == nil)
        #expect(try Page(listing([9, 7, 4]), limit: 3).next == nil)
        #expect(try Page(listing([9, 4], damaged: [7]), limit: 3).next == nil)
    }

    @Test func `the next page begins after the last job of this one`() throws {
        #expect(try Page(listing([9, 7, 4, 2]), limit: 3).next == 4)
        #expect(try Page(listing([9, 7]), limit: 1).next == 9)
    }

    @Test func `a job that cannot be read counts as one`() throws {
        #expect(try Page(listing([9, 4, 2], damaged: [7]), limit: 2).next == 7)
        #expect(try Page(listing([9, 7, 4], damaged: [2]), limit: 3).next == 4)
        #expect(try Page(listing([], damaged: [5, 3]), limit: 1).next == 5)
    }
}
