import ADMDisk
import ADMModel
import ADMSystem

/// What a transfer does from time to time: look at its connections, record, sync and digest what has arrived.
extension Transfer {
    /// Looks at what the connections have done since the last time.
    ///
    /// - Throws: ``Failure`` with `timedOut` if the file has taken longer than it may.
    func observe() async throws {
        look()
        let now = clock.now
        try await perform(course.tick(at: now, processorTime: ProcessorTime.used))
        monitor.update { course.report(to: &$0, at: now) }
    }

    // MARK: - Recording

    func addCheckpoint(to group: inout ThrowingTaskGroup<Step, any Error>) {
        // Before the first answer nothing has changed, and that answer may be of another version: what is synced
        // by then would be recorded as part of it.
        guard part != nil, !course.open.awaitsFirstAnswer, checkpoints.isDue(at: clock.now)
        else { return }
        checkpoints.begin()
        group.addTask {
            try await self.checkpoint()
            return .checkpointed
        }
    }

    /// Lets the disk begin with what has arrived, so that the sync at the end has little left to do.
    func addFlush(to group: inout ThrowingTaskGroup<Step, any Error>) {
        let bytes = course.bytes.count
        guard let part, !flushes.isRunning, bytes - flushes.bytes >= Flushes.step else { return }
        flushes.isRunning = true
        flushes.bytes = bytes
        group.addTask {
            await Blocking.run { part.startWriteback() }
            return .flushed
        }
    }

    /// Up to where a huge file need not stay in memory: what a digest is still to be made of does.
    private var forgettable: Int64 {
        guard let total = course.state.total, PageCache.isFlooded(by: total) else { return 0 }
        return following?.position ?? total
    }

    /// Syncs the part file and then records what was written before the sync.
    func checkpoint() async throws {
        guard let part else { return }
        look()
        let map = course.bytes
        let forgotten = forgettable
        try await Blocking.run {
            try part.sync()
            if forgotten > 0 { part.dropCache(upTo: forgotten) }
        }
        try await steps.checkpoint(map)
    }

    // MARK: - The digest of a file that is still arriving

    /// This many bytes are worth a call.
    private static let step: Int64 = 8_388_608
    /// One call takes at most this many, so that the end of a transfer waits for little.
    private static let longest: Int64 = 33_554_432

    /// Begins to follow if a digest will be asked for; one that was begun continues.
    func follow(_ part: PartFile) {
        guard following?.part !== part,
            let algorithm = plan.expected?.algorithm
                ?? (plan.pieces == nil ? course.digests.first?.algorithm : nil)
        else { return }
        following = FollowingDigest(algorithm, of: part)
    }

    /// Takes what has arrived from the beginning on, and what no connection writes to any more.
    func addDigesting(to group: inout ThrowingTaskGroup<Step, any Error>) {
        guard let following, !isDigesting else { return }
        look()
        let position = following.position
        let front = course.settled
        guard front - position >= Transfer.step else { return }
        isDigesting = true
        group.addTask {
            do {
                try await following.extend(to: min(front, position + Transfer.longest))
                return .digested(true)
            } catch { return .digested(false) }
        }
    }
}
