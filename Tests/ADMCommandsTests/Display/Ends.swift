import ADMModel
import Foundation

@testable import ADMCommands

/// Ends of jobs.
enum Ends {
    /// A job that fetches `https://example.org/a`, perhaps to a known place.
    static func job(_ number: Int64 = 1, at destination: String? = nil) throws -> Job {
        let place = destination.map { URL(fileURLWithPath: $0) }
        var job = Job(
            id: JobID(),
            number: number,
            request: JobRequest(url: try SourceURL("https://example.org/a")),
            state: .running,
            directory: place?.deletingLastPathComponent().path ?? "/home/ann",
            createdAt: Date(timeIntervalSince1970: 1_764_000_000)
        )
        job.fileName = place?.lastPathComponent
        return job
    }

    /// A file that was saved.
    static func saved(
        _ completion: JobEvent.Completion = Events.completion(),
        job number: Int64 = 1
    ) throws -> JobOutcome {
        .succeeded(try job(number), completion)
    }

    /// A count of saved files with this many bytes in all, and of failures.
    static func tally(saved: Int = 0, failed: Int = 0, bytes: Int64 = 0) throws -> Tally {
        var tally = Tally()
        for index in 0..<saved {
            let completion = Events.completion(bytes: index == 0 ? bytes : 0, fetched: 0)
            tally.add(try Ends.saved(completion))
        }
        for _ in 0..<failed { tally.add(.failed(try job(), Failure(.network, "x"))) }
        return tally
    }
}
