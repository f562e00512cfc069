import ADMDisk
import ADMModel
import NIOCore

/// One run of a file's bytes: from the first request to a whole part file.
///
/// The decisions are in ``TransferRun``; this actor tells it what happens and does what it says.
package actor Transfer {
    let plan: TransferPlan
    let steps: TransferSteps
    let exchange: Exchange
    let monitor: TransferMonitor
    let clock = ContinuousClock()

    /// What is decided.
    var course: TransferRun
    /// The requests under way, by their numbers.
    var connections: [Int: Connection] = [:]
    var part: PartFile?
    /// The digest that will be asked for at the end, computed behind the bytes that arrive.
    var following: FollowingDigest?
    var isDigesting = false
    var checkpoints = CheckpointClock()
    var flushes = Flushes()
    private var signals: AsyncStream<Step>.Continuation?
    /// The wish for the next tick.
    private var ticket: Ticks.Ticket?

    /// A request under way: the way to end it, and the range that it fills.
    struct Connection {
        let handle = ConnectionHandle()
        var range: OpenRange?
    }

    /// Creates a run; nothing happens before ``run()``.
    package init(
        _ plan: TransferPlan,
        session: HTTPSession,
        monitor: TransferMonitor,
        steps: TransferSteps
    ) {
        self.plan = plan
        self.steps = steps
        self.monitor = monitor
        exchange = Exchange(
            session: session,
            fields: plan.fields,
            settings: plan.settings,
            limits: plan.limits,
            authorization: plan.authorization
        )
        course = TransferRun(plan, at: clock.now)
    }

    /// Fetches everything that is missing.
    ///
    /// A changed file, or a server whose ranges cannot be used, makes it start again from the first byte.
    /// Before it throws, what arrived is synced and recorded; before it returns, the last bytes are not.
    ///
    /// - Throws: ``Failure``; `CancellationError` after cancellation.
    package func run() async throws -> TransferReceipt {
        while true {
            do {
                try await attempt()
                return try finish()
            } catch {
                // No byte is written any more, even if a request still has a buffer.
                collect()
                switch course.restart(after: error) {
                case .again(let keepsBytes):
                    if !keepsBytes { forgetPart() }
                case .elsewhere:
                    try? await checkpoint()
                    if !course.changeServer() { forgetPart() }
                case .fail(let error):
                    // What is recorded here survives; a second failure must not hide the first.
                    try? await checkpoint()
                    throw error
                }
            }
        }
    }

    /// Ends all connections and counts what they wrote.
    private func collect() {
        course.collect(connections.compactMapValues { $0.range?.seal() })
        connections = [:]
    }

    private func forgetPart() {
        part = nil
        following = nil
    }

    private func finish() throws -> TransferReceipt {
        guard let part, let length = course.state.total else {
            throw Failure(
                .unclassified,
                "the transfer of \(plan.url.redacted) ended without a file"
            )
        }
        return TransferReceipt(
            part: part,
            length: length,
            digests: course.digests,
            digest: following,
            isMixed: course.isMixed
        )
    }

    // MARK: - One attempt

    /// Something that happened while an attempt runs.
    enum Step: Sendable {
        case tick
        case answered
        case probed
        case ended(Int, Result<Void, any Error>)
        case checkpointed
        case flushed
        case digested(Bool)

        /// Whether it comes from outside of the group.
        var isSignal: Bool {
            switch self {
            case .tick, .answered: true
            default: false
            }
        }
    }

    private func attempt() async throws {
        if let file = course.wholeFile {
            part = try await steps.identify(file)
            return
        }
        // The steps of an earlier attempt are not waited for.
        checkpoints = CheckpointClock()
        flushes = Flushes()
        isDigesting = false
        try await withThrowingTaskGroup(of: Step.self) { group in
            defer { group.cancelAll() }
            let (stream, signals) = AsyncStream.makeStream(of: Step.self)
            self.signals = signals
            defer { ticket.map(Ticks.shared.cancel) }
            course.allow(plan.allowance.count)
            send(course.firstRequest(), in: &group)
            addSignal(from: stream, to: &group)
            tick(after: .milliseconds(25))
            while let step = try await group.next() {
                if step.isSignal { addSignal(from: stream, to: &group) }
                try await take(step, in: &group)
                guard course.state.isComplete else { continue }
                // Connections that still fetch the same are not waited for.
                collect()
                return
            }
        }
    }

    private func take(
        _ step: Step,
        in group: inout ThrowingTaskGroup<Step, any Error>
    ) async throws {
        switch step {
        case .ended(let number, let result):
            look()
            let range = connections.removeValue(forKey: number)?.range
            // A request that was ended from outside may still have a buffer on its way to the disk.
            try await perform(course.ended(number, filled: range?.seal(), result))
            if !course.state.isComplete { addConnections(to: &group) }
        case .answered:
            addConnections(to: &group)
            if course.isProbing { addProbe(to: &group) }
        case .probed:
            try await observe()
            addConnections(to: &group)
        case .tick:
            try Task.checkCancellation()
            try await observe()
            addConnections(to: &group)
            addCheckpoint(to: &group)
            addFlush(to: &group)
            addDigesting(to: &group)
            tick(after: TimeAmount(course.pause))
        case .checkpointed: checkpoints.finished(at: clock.now)
        case .flushed: flushes.isRunning = false
        case .digested(let isFine):
            isDigesting = false
            // What could not be read is read at the end, which reports a failure.
            if isFine { addDigesting(to: &group) } else { following = nil }
        }
    }

    /// Waits for what comes from outside of the group: after cancellation of the task it is a tick at once.
    private func addSignal(
        from stream: AsyncStream<Step>,
        to group: inout ThrowingTaskGroup<Step, any Error>
    ) {
        group.addTask {
            for await step in stream { return step }
            return .tick
        }
    }

    private func tick(after time: TimeAmount) {
        ticket = Ticks.shared.wake(after: time) { [signals] in signals?.yield(.tick) }
    }

    /// Looks soon at what the first connection does.
    private func addProbe(to group: inout ThrowingTaskGroup<Step, any Error>) {
        group.addTask {
            try? await Task.sleep(for: ConnectionRamp.probe)
            return .probed
        }
    }

    /// Lets the loop of the attempt add connections, or watch the only one, after the first answer.
    func addConnectionsSoon() {
        if course.wantsConnections || course.isProbing { signals?.yield(.answered) }
    }
}
