import ADMEngine
import ADMModel

/// The events of one workspace, read once for all who follow them.
actor EventFeed {
    private var ring: EventRing?
    private var readers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var lastReader = 0
    private var progress: [JobID: (message: EventMessage.Progress, version: Int)] = [:]
    private var version = 0
    /// Why it has ended, if something was wrong.
    private(set) var failure: Failure?
    private var isEnded = false

    /// Takes events of the database until the task is cancelled; again after a failure, from where it was.
    ///
    /// - Throws: ``Failure`` if the database cannot be read.
    func follow(_ workspace: some WorkspaceReading) async throws {
        let last: Int64
        if let ring {
            last = ring.last
        } else {
            last = try await workspace.lastEvent()
            ring = EventRing(after: last)
            wake()
        }
        for try await event in workspace.events(after: last) where event.sequence != nil {
            if event.isEnd { progress[event.job] = nil }
            ring?.add(EventRing.Message(event))
            wake()
        }
    }

    /// How far a job is, as this process runs it.
    func take(progress event: JobEvent) {
        if case .progress(let progress) = event.kind, progress.phase == .connecting { return }
        version += 1
        progress[event.job] = (EventMessage.Progress(event), version)
    }

    /// No further events come.
    func end(_ failure: Failure?) {
        self.failure = self.failure ?? failure
        isEnded = true
        for reader in readers.values { reader.finish() }
        readers = [:]
    }

    private func wake() { for reader in readers.values { reader.yield() } }

    /// Wakes somebody whenever there is something new; ends with the feed.
    func listen() -> (number: Int, news: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        lastReader += 1
        if isEnded { continuation.finish() } else { readers[lastReader] = continuation }
        continuation.yield()
        return (lastReader, stream)
    }

    /// Somebody does not listen any more.
    func leave(_ number: Int) { readers.removeValue(forKey: number)?.finish() }

    /// What comes after an event; nil if the database has to be asked.
    func messages(after sequence: Int64, limit: Int) -> [EventRing.Message]? {
        ring?.messages(after: sequence, limit: limit)
    }

    /// The number of the newest event; nil if it is not known yet.
    var last: Int64? { ring?.last }

    /// How far the jobs are that run here, as far as it is news since a version; and the version of now.
    func progressMessages(since seen: Int) -> (messages: [EventMessage.Progress], version: Int) {
        let news = progress.values.filter { $0.version > seen }.sorted { $0.version < $1.version }
        return (news.map(\.message), version)
    }
}

extension JobEvent {
    /// Whether the job runs no more after it.
    fileprivate var isEnd: Bool {
        switch kind {
        case .completed, .failed, .skipped, .cancelled, .paused, .retrying: true
        case .queued, .started, .progress, .validating, .repairing: false
        }
    }
}
