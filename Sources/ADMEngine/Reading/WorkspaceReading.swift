import ADMCatalog
public import ADMModel

/// What can be looked at in a workspace: by a ``Workspace``, which also changes it, and by a
/// ``WorkspaceReader``, which needs no lock and no write access.
public protocol WorkspaceReading: Sendable {
    /// The workspace and its settings.
    var configuration: WorkspaceConfiguration { get }
    /// What is known about its jobs.
    var records: WorkspaceRecords { get }
}

/// The database of a workspace, as ``WorkspaceReading`` looks at it.
public struct WorkspaceRecords: Sendable {
    let catalog: Catalog
}

extension WorkspaceReading {
    /// The job with this number, identifier, or unique beginning of an identifier.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    public func job(_ text: String) async throws -> Job {
        let job = try await records.catalog.list.find(text)
        return try await records.catalog.list.tagged([job]).first ?? job
    }

    /// The newest jobs in some states; all states if none is named.
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
        return try await tagged(
            records.catalog.list.page(states: wanted, after: number, limit: limit)
        )
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
            records.catalog.list.taggedPage(tag, states: wanted, after: number, limit: limit)
        )
    }

    /// The jobs that run, and then those that are ready, in the order in which they will be run.
    public func upcoming(limit: Int = 50) async throws -> JobListing {
        try await tagged(records.catalog.list.upcomingPage(limit: limit))
    }

    /// What is not finished: first as ``upcoming(limit:)``, then what is held or waits for its time or for another
    /// job, newest first; at most `limit` jobs in all.
    ///
    /// - Throws: ``Failure`` of the database.
    public func unfinished(limit: Int = 50) async throws -> JobListing {
        var listing = try await upcoming(limit: limit)
        let room = limit - listing.jobs.count
        guard room > 0 else { return listing }
        let known = Set(listing.jobs.map(\.number))
        let damaged = Set(listing.unreadable.map(\.number))
        let further = try await list(
            in: [.retrying, .scheduled, .blocked, .paused, .ready],
            limit: room + known.count
        )
        listing.jobs += further.jobs.filter { !known.contains($0.number) }.prefix(room)
        listing.unreadable += further.unreadable.filter { !damaged.contains($0.number) }
        return listing
    }

    private func tagged(_ listing: JobListing) async throws -> JobListing {
        var listing = listing
        listing.jobs = try await records.catalog.list.tagged(listing.jobs)
        return listing
    }

    /// The recorded events of the workspace after a number, oldest first.
    public func recordedEvents(
        after sequence: Int64 = 0,
        limit: Int = 1000
    ) async throws -> [JobEvent] {
        try await records.catalog.list.events(after: sequence, limit: limit)
    }

    /// The newest finished jobs in some final states, with those that cannot be read.
    public func history(in states: Set<JobState>, limit: Int = 50) async throws -> JobListing {
        try await records.catalog.list.finishedPage(limit: limit, states: states)
    }

    /// A job with its bytes on disk and its failed attempts, all of one moment; it is named as for ``job(_:)``.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    public func detail(
        of text: String
    ) async throws -> (job: Job, segments: SegmentMap, failures: [FailedAttempt]) {
        let list = records.catalog.list
        if let number = Int64(digits: text), !text.hasPrefix("0"),
            let detail = try await list.detail(number: number)
        {
            return detail
        }
        let job = try await list.find(text)
        guard let detail = try await list.detail(number: job.number) else {
            throw Failure(.jobNotFound, "there is no job \(job.number) any more")
        }
        return detail
    }

    /// The bytes of a job that are safely on disk; none if it has succeeded.
    public func segments(of job: Job) async throws -> SegmentMap {
        try await records.catalog.list.segments(number: job.number)
    }

    /// The failed attempts of a job, oldest first; the last twenty are kept.
    public func failures(of job: Job) async throws -> [FailedAttempt] {
        try await records.catalog.list.failures(number: job.number)
    }

    /// How many jobs are in each state.
    public func counts() async throws -> [JobState: Int] { try await records.catalog.list.counts() }

    /// A number that changes whenever another process changed the workspace's jobs.
    public func changeCount() async throws -> Int64 { try await records.catalog.list.changeCount() }

    /// The number of the newest recorded event; 0 if there is none.
    public func lastEvent() async throws -> Int64 { try await records.catalog.list.lastEvent() }
}
