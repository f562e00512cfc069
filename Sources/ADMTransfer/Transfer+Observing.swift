import ADMDisk
import ADMModel
import ADMSystem

/// What a transfer does from time to time: look at its connections, record and sync what has arrived.
extension Transfer {
    /// Looks at what the connections have done since the last time.
    ///
    /// - Returns: How many bytes of the file there are.
    func observe() throws -> Int64 {
        try checkTotalTime()
        let now = clock.now
        let bytes = open.map(over: state.done).count
        meter.add(bytes, at: now)
        let speed = meter.bytesPerSecond
        let elapsed = startedAt.duration(to: now).seconds
        let missing = state.total.map { $0 - bytes }
        open.observe(at: now)
        if let missing, state.canSplit {
            ramp.report(
                bytes: bytes - bytesAtStart,
                bytesMissing: missing,
                roundTrip: open.roundTrip,
                at: now
            )
        }
        open.endSilent(at: now, plan.settings, mirrors.url)
        if state.canSplit, !isLimited { open.endSlow() }
        let thisRun = bytes - bytesAtStart
        let connections = open.count
        monitor.update { progress in
            progress.bytesDone = bytes
            progress.bytesThisRun = thisRun
            progress.currentSpeed = speed
            progress.averageSpeed = elapsed > 0 ? Double(thisRun) / elapsed : 0
            progress.etaSeconds = missing.flatMap { speed > 0 ? Double($0) / speed : nil }
            progress.elapsedSeconds = elapsed
            progress.connections = connections
        }
        return bytes
    }

    /// Whether a limit makes connections slow on purpose.
    var isLimited: Bool {
        plan.limits.contains { $0.bytesPerSecond > 0 }
    }

    /// Gives the file up where it has taken longer than it may.
    private func checkTotalTime() throws(Failure) {
        let limit = plan.settings.totalTimeout
        let spent =
            startedAt.duration(to: clock.now) + Duration(saturatingSeconds: plan.secondsSpent)
        guard limit > .zero, spent > limit else { return }
        throw Failure(
            .timedOut,
            "\(plan.url.redacted) took longer than \(Int(saturating: limit.seconds.rounded(.up))) seconds in all",
            hint: "--total-timeout sets how long it may take; adm resume goes on from here"
        )
    }

    func addCheckpoint(to group: inout ThrowingTaskGroup<Step, any Error>) {
        guard part != nil, checkpoints.isDue(at: clock.now) else { return }
        checkpoints.begin()
        group.addTask {
            try await self.checkpoint()
            return .checkpointed
        }
    }

    /// Lets the disk begin with what has arrived, so that the sync at the end has little left to do.
    func addFlush(of bytes: Int64, to group: inout ThrowingTaskGroup<Step, any Error>) {
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
        guard let total = state.total, PageCache.isFlooded(by: total) else { return 0 }
        return following?.position ?? total
    }

    /// Syncs the part file and then records what was written before the sync.
    func checkpoint() async throws {
        guard let part else { return }
        let map = open.map(over: state.done)
        let forgotten = forgettable
        try await Blocking.run {
            try part.sync()
            if forgotten > 0 { part.dropCache(upTo: forgotten) }
        }
        try await steps.checkpoint(map)
    }
}
