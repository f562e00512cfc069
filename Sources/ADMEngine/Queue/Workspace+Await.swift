import ADMCatalog
public import ADMModel
import ADMScheduling

/// How the waiting for jobs ended.
public struct AwaitedJobs: Sendable, Hashable {
    /// The jobs, as they are now.
    public var jobs: [Job] = []
    /// Whether the time was up first.
    public var isTimedOut = false
}

extension Workspace {
    /// Waits until jobs are finished, whoever runs them.
    ///
    /// - Parameters:
    ///   - numbers: The jobs; nil for all that are not finished now.
    ///   - limit: How long; nil for any time.
    ///   - failsFast: Whether the first job that fails or is cancelled ends the waiting.
    /// - Throws: ``Failure`` with `jobNotFound`; `CancellationError`.
    /// - Returns: The jobs that finished, and if the time was up, the others too.
    public func wait(
        for numbers: [Int64]?,
        limit: Duration? = nil,
        failsFast: Bool = false
    ) async throws -> AwaitedJobs {
        let end = limit.map { ContinuousClock.now.advanced(by: $0) }
        var pending: [Int64]
        if let numbers { pending = numbers } else { pending = try await unfinished() }
        var awaited = AwaitedJobs()
        var changes = DirectoryWatch.changes(in: catalog.layout.root, deadline: end)
            .makeAsyncIterator()
        while true {
            // Of a process that dies, no file tells.
            await publish(try await DeadOwners.takeOver(catalog, owner: budgetHolder).events)
            let states = try await catalog.queue.states(of: pending)
            var left: [Int64] = []
            for number in pending {
                // One that was removed is found no more, which is told.
                if let state = states[number], !state.isFinal {
                    left.append(number)
                } else {
                    awaited.jobs.append(try await catalog.list.find(String(number)))
                }
            }
            pending = left
            let hasFailed = awaited.jobs.contains { $0.state != .succeeded }
            if pending.isEmpty || failsFast && hasFailed { return awaited }
            if let end, ContinuousClock.now >= end {
                for number in pending {
                    awaited.jobs.append(try await catalog.list.find(String(number)))
                }
                awaited.isTimedOut = true
                return awaited
            }
            guard await changes.next(isolation: #isolation) != nil else {
                throw CancellationError()
            }
            // Many jobs that end one after the other are looked at together.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func unfinished() async throws -> [Int64] {
        let states = Set(JobState.allCases.filter { !$0.isFinal })
        return try await catalog.list.jobs(states: states, limit: 1_000_000).map(\.number)
    }
}
