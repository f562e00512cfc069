import ADMModel

/// Who waits for the ends of jobs, and how the last ones ended.
struct Outcomes: Sendable {
    private var outcomes: [JobID: JobOutcome] = [:]
    private var remembered: [JobID] = []
    private var listeners: [AsyncStream<JobOutcome>.Continuation] = []
    private var waiters: [JobID: [AsyncStream<JobOutcome>.Continuation]] = [:]

    func outcome(of job: JobID) -> JobOutcome? { outcomes[job] }

    mutating func forget(_ job: JobID) {
        if outcomes.removeValue(forKey: job) != nil { remembered.removeAll { $0 == job } }
    }

    mutating func listen() -> AsyncStream<JobOutcome> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        listeners.append(continuation)
        return stream
    }

    /// Ends the sequences of those who listen to all ends.
    mutating func endListening() {
        for listener in listeners { listener.finish() }
        listeners = []
    }

    mutating func wait(for job: JobID) -> AsyncStream<JobOutcome> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        waiters[job, default: []].append(continuation)
        return stream
    }

    /// Tells an outcome to everybody; the last hundred are kept, for those who ask a moment later.
    ///
    /// Others find theirs in the database, and a long list of jobs needs no more memory.
    mutating func add(_ outcome: JobOutcome) {
        let job = outcome.job.id
        if outcomes.updateValue(outcome, forKey: job) == nil { remembered.append(job) }
        if remembered.count > 100 { outcomes[remembered.removeFirst()] = nil }
        for waiter in waiters.removeValue(forKey: job) ?? [] {
            waiter.yield(outcome)
            waiter.finish()
        }
        listeners.removeAll { listener in
            if case .terminated = listener.yield(outcome) { return true }
            return false
        }
    }
}
