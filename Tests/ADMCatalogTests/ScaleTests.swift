import ADMModel
import ADMSystem
import Foundation
import Testing

@testable import ADMCatalog

/// Q8: a long queue costs no more per job than a short one.
struct ScaleTests {
    /// How many jobs; more for figures: `ADM_JOBS=1000000 swift test --filter ScaleTests`.
    private static var jobs: Int {
        ProcessInfo.processInfo.environment["ADM_JOBS"].flatMap(Int.init) ?? 20_000
    }

    @Test func `Q8 a long queue is added, claimed, listed, counted and cancelled`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            for part in stride(from: 0, to: Self.jobs, by: 10_000) {
                let entries = try (part..<min(Self.jobs, part + 10_000)).map { index in
                    let url = try SourceURL("https://h\(index % 7).example.org/file-\(index).iso")
                    return Entry(JobDraft(JobRequest(url: url)), directory: "/downloads")
                }
                _ = try await catalog.queue.add(entries)
            }
            #expect(try await catalog.list.counts()[.ready] == Self.jobs)
            var claims: [Double] = []
            for index in 0..<1000 {
                let host = "h\(index % 7).example.org"
                let start = ContinuousClock.now
                let claim = try await catalog.queue.claimNext(host: host, owner: holder.id)
                claims.append(start.duration(to: .now) / .milliseconds(1))
                #expect(claim != nil)
            }
            let start = ContinuousClock.now
            #expect(try await catalog.list.upcoming(limit: 50).count == 50)
            let page = start.duration(to: .now) / .milliseconds(1)
            report(claims.sorted(), page)
            var after: Int64? = 0
            while let number = after {
                let step = try await catalog.control.apply(
                    .cancel,
                    to: JobSelection(),
                    after: number
                )
                after = step.next
            }
            #expect(try await catalog.list.counts()[.cancelled] == Self.jobs - 1000)
            #expect(try await catalog.recorder.intents(for: holder.id).count == 1000)
        }
    }

    private func report(_ claims: [Double], _ page: Double) {
        guard ProcessInfo.processInfo.environment["ADM_JOBS"] != nil else { return }
        print(
            "claim: p50 \(claims[500]) ms, p99 \(claims[990]) ms; first page \(page) ms;"
                + " \(Self.jobs) jobs"
        )
    }
}
