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
        try await list(in: states, after: number, limit: limit).jobs
    }

    /// The same, with the jobs that cannot be read.
    public func list(
        in states: Set<JobState> = [],
        after number: Int64? = nil,
        limit: Int = 1000
    ) async throws -> JobListing {
        let wanted = states.isEmpty ? Set(JobState.allCases) : states
        return try await tagged(catalog.list(states: wanted, after: number, limit: limit))
    }

    /// The newest jobs that are marked with a word, in some states; the next page with `number`.
    public func list(
        tagged tag: String,
        in states: Set<JobState> = [],
        after number: Int64? = nil,
        limit: Int = 1000
    ) async throws -> JobListing {
        let wanted = states.isEmpty ? Set(JobState.allCases) : states
        return try await tagged(
            catalog.listTagged(tag, states: wanted, after: number, limit: limit)
        )
    }

    /// The jobs that run, and then those that are ready, in the order in which they will be run.
    public func upcoming(limit: Int = 50) async throws -> JobListing {
        try await tagged(catalog.listUpcoming(limit: limit))
    }

    private func tagged(_ listing: JobListing) async throws -> JobListing {
        var listing = listing
        listing.jobs = try await catalog.tagged(listing.jobs)
        return listing
    }

    /// The recorded events of the workspace after a number, oldest first.
    public func recordedEvents(
        after sequence: Int64 = 0,
        limit: Int = 1000
    ) async throws -> [JobEvent] {
        try await catalog.events(after: sequence, limit: limit)
    }

    /// The newest finished jobs in some final states, with those that cannot be read.
    public func history(in states: Set<JobState>, limit: Int = 50) async throws -> JobListing {
        try await catalog.listFinished(limit: limit, states: states)
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

    /// The job that a text names, where it cannot be read; nil where it can, or where there is none.
    public func unreadableJob(_ text: String) async throws -> UnreadableJob? {
        try await catalog.unreadable(text)
    }

    /// Forgets a job that cannot be read, and removes its part file where that can be told.
    ///
    /// - Throws: ``Failure`` with `locked` where it is running.
    public func remove(_ job: UnreadableJob) async throws {
        guard try await catalog.remove(number: job.number) else {
            throw Failure(.locked, "job \(job.number) is running")
        }
        guard let id = job.id, let directory = job.directory else { return }
        try await Leftover.discard(id, in: directory)
    }
}
