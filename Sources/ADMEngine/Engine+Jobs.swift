import ADMCatalog
public import ADMModel
import ADMScheduling

extension Engine {
    /// The job with this number, identifier, or unique beginning of an identifier.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    public func job(_ text: String) async throws -> Job {
        let job = try await catalog.find(text)
        return try await catalog.tagged([job]).first ?? job
    }

    /// The newest jobs in some states; all states where none is named.
    ///
    /// With `number`, only jobs with a smaller number: the next page.
    public func jobs(
        in states: Set<JobState> = [],
        after number: Int64? = nil,
        limit: Int = 1000
    ) async throws -> [Job] {
        let wanted = states.isEmpty ? Set(JobState.allCases) : states
        let jobs = try await catalog.jobs(states: wanted, after: number, limit: limit)
        return try await catalog.tagged(jobs)
    }

    /// The newest jobs that are marked with a word, in some states; the next page with `number`.
    public func jobs(
        tagged tag: String,
        in states: Set<JobState> = [],
        after number: Int64? = nil,
        limit: Int = 1000
    ) async throws -> [Job] {
        let wanted = states.isEmpty ? Set(JobState.allCases) : states
        let jobs = try await catalog.jobs(tag: tag, states: wanted, after: number, limit: limit)
        return try await catalog.tagged(jobs)
    }

    /// The jobs that run, and then those that are ready, in the order in which they will be run.
    public func upcoming(limit: Int = 50) async throws -> [Job] {
        try await catalog.tagged(try await catalog.upcoming(limit: limit))
    }

    /// The recorded events of the workspace after a number, oldest first.
    public func recordedEvents(
        after sequence: Int64 = 0,
        limit: Int = 1000
    ) async throws -> [JobEvent] {
        try await catalog.events(after: sequence, limit: limit)
    }

    /// The newest finished jobs in some final states.
    public func history(in states: Set<JobState>, limit: Int = 50) async throws -> [Job] {
        try await catalog.history(limit: limit, states: states)
    }

    /// The bytes of a job that are safely on disk; none where it has succeeded.
    public func segments(of job: Job) async throws -> SegmentMap {
        try await catalog.segments(number: job.number)
    }

    /// The failed attempts of a job, oldest first; the last twenty are kept.
    public func failures(of job: Job) async throws -> [FailedAttempt] {
        try await catalog.failures(number: job.number).map {
            FailedAttempt(attempt: $0.attempt, occurredAt: $0.occurredAt, failure: $0.failure)
        }
    }

    /// Forgets a job that does not run, and removes its part file.
    ///
    /// A finished file stays.
    ///
    /// - Throws: ``Failure`` with `locked` where it is running.
    public func remove(_ job: Job) async throws {
        guard try await catalog.remove(number: job.number) else {
            throw Failure(
                .locked,
                "job \(job.number) is running",
                hint: "stop it first: adm queue cancel \(job.number)"
            )
        }
        // Only now: a job that somebody began meanwhile keeps its bytes.
        try await Leftover.discard(job)
    }
}
