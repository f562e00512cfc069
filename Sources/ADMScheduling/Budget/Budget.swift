package import ADMCatalog
package import ADMModel
package import ADMSystem
package import ADMTransfer
import Glibc

/// This process's part in the budget of all processes.
///
/// It exists inside ``run(_:body:)``; at the end its slots are free. It enters the ledger with its
/// first demand, so that a command which runs no job leaves it alone.
package actor Budget {
    /// What the process is.
    package struct Configuration: Sendable {
        /// The home whose budget it is.
        package var home: HomeLayout
        /// Reads the limits for all processes from the settings, when they are needed.
        package var limits: @Sendable () -> BudgetLimits
        /// How many slots the process wants at most, for all its workspaces together; read with each change
        /// of the ledger, because workspaces come and go.
        package var capacity: @Sendable () -> Int
        /// What it does: `download`, `run`.
        package var role: String
        /// The policy.
        package var policy: FairShare

        /// Creates a process.
        package init(
            home: HomeLayout,
            limits: @escaping @Sendable () -> BudgetLimits,
            capacity: @escaping @Sendable () -> Int,
            role: String,
            policy: FairShare = FairShare()
        ) {
            self.home = home
            self.limits = limits
            self.capacity = capacity
            self.role = role
            self.policy = policy
        }
    }

    /// The liveness lock of the process.
    package nonisolated let holder: LivenessLock
    /// What lets a suspect run alone in the process.
    package nonisolated let solitude = Solitude()
    /// The home whose budget it is.
    package nonisolated var home: HomeLayout { configuration.home }
    private nonisolated let configuration: Configuration
    private let ledger: Ledger
    private var generation: String?
    private var own = OwnLeases()
    /// For how many milliseconds origins asked to be left alone, and which have answered since.
    private var newCoolDowns: [String: Int64] = [:]
    private var newAnswers: Set<String> = []
    private var members: [String: Member] = [:]
    private var listeners: [AsyncStream<Void>.Continuation] = []

    private init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        holder = try LivenessLock(in: configuration.home)
        ledger = Ledger(configuration.home)
    }

    /// Takes part for as long as `body` runs.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` if the liveness lock cannot be made; what
    ///   `body` throws.
    package static func run<Result: Sendable>(
        _ configuration: Configuration,
        body: (Budget) async throws -> Result
    ) async throws -> Result {
        let budget = try Budget(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await budget.watch() }
            do {
                let result = try await body(budget)
                group.cancelAll()
                await budget.leave()
                return result
            } catch {
                group.cancelAll()
                await budget.leave()
                throw error
            }
        }
    }

    /// An element each time another process has news for this one.
    package func news() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        listeners.append(continuation)
        return stream
    }

    private func watch() async {
        for await _ in holder.wakeUps(in: configuration.home) {
            listeners.removeAll { listener in
                if case .terminated = listener.yield() { true } else { false }
            }
        }
    }

    private func leave() async {
        for listener in listeners { listener.finish() }
        if generation != nil {
            let id = holder.id
            // Where the ledger cannot be written, the next process that looks sees that this one
            // is gone.
            _ = try? await change(settles: false) { $0.leave(id, now: $1, policy: $2) }
        }
        await ledger.close()
        holder.end()
    }

    // MARK: - Slots

    /// Tells the ledger how many slots a workspace could use now, and takes those that are due.
    ///
    /// `demand` is nil if it could use none.
    ///
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`.
    package func update(_ member: Member, demand: QueueHead?) async throws(Failure) -> SlotDecision
    {
        // A workspace that was closed may have another name and share when it is opened again.
        let isNew = members[member.id] != member
        members[member.id] = member
        let key = Waiter.Key(holder: holder.id, workspace: member.id)
        let waiter = demand.map { head in
            Waiter(
                key: key,
                candidates: head.entries.prefix(64).map { entry in
                    Waiter.Candidate(
                        job: entry.number,
                        host: entry.host,
                        origin: entry.origin,
                        connections: entry.connections
                    )
                },
                sortKey: head.sortKey,
                demand: head.count
            )
        }
        let isAlive: @Sendable (String) -> Bool = { [ledger] in ledger.isAlive($0) }
        let decision = try await change(settles: false) { state, now, policy in
            if isNew {
                state.register(member.id, name: member.name, share: member.share, now: now)
            }
            var granted: [Lease] = []
            if let waiter {
                granted = state.request(waiter, now: now, policy: policy)
                if granted.isEmpty || state.waiters[key] != nil {
                    // Nobody frees the slots of processes that died but those who want them.
                    state.reap(now: now, policy: policy, isAlive: isAlive)
                    policy.settle(&state, now: now)
                    granted += state.take(key, now: now)
                }
            } else {
                state.withdraw(key, now: now, policy: policy)
            }
            return SlotDecision(state, for: key, granted: granted)
        }
        own.take(decision.granted)
        return decision
    }

    /// Tells how fast the transfers of a workspace are by host, and takes the bytes a second that
    /// each host's may have; infinity if nothing limits them.
    ///
    /// - Throws: ``Failure`` if the ledger cannot be written.
    package func share(
        _ flows: [String: LedgerFlow],
        of member: Member
    ) async throws(Failure) -> [String: Double] {
        let holder = holder.id
        let isAlive: @Sendable (String) -> Bool = { [ledger] in ledger.isAlive($0) }
        return try await change { state, now, policy in
            state.reap(now: now, policy: policy, isAlive: isAlive)
            state.flows = state.flows.filter { key, _ in
                state.holders[key.holder] != nil
                    && !(key.holder == holder && key.workspace == member.id)
            }
            for (host, flow) in flows {
                state.flows[.init(holder: holder, workspace: member.id, host: host)] = flow
            }
            let parts = RateDivision.parts(
                state.flows,
                limits: state.limits,
                shares: state.shares
            )
            return flows.keys.reduce(into: [:]) { own, host in
                own[host] = parts[.init(holder: holder, workspace: member.id, host: host)]
            }
        }
    }

    /// Takes a workspace out of the budget that this process closes while it works in others: what was handed
    /// back is free at once, and it waits for nothing.
    ///
    /// If the ledger cannot be written now, the next change of it does that.
    package func withdraw(_ workspace: String) async {
        members[workspace] = nil
        guard generation != nil else { return }
        let key = Waiter.Key(holder: holder.id, workspace: workspace)
        _ = try? await change(settles: false) { state, now, policy in
            state.withdraw(key, now: now, policy: policy)
            state.flows = state.flows.filter { flow, _ in
                flow.holder != key.holder || flow.workspace != key.workspace
            }
        }
    }

    /// Says which job uses a slot now, and how many connections it could use.
    ///
    /// - Returns: How many its transfer may have.
    package func reuse(_ lease: Lease, job: Int64, wanted: Int) -> ConnectionAllowance {
        own.reuse(lease, job: job, wanted: wanted)
    }

    /// Says how many connections the transfer of a slot could use: those beyond are free with the next change
    /// of the ledger, which gives more when there are some.
    package func want(_ count: Int, in lease: Lease) { own.want(count, in: lease) }

    /// Says that the transfer of a slot would lose its bytes if it were stopped.
    package func keep(_ lease: Lease) async {
        own.keep(lease)
        // It is only advice: without it the transfer may be asked for its slot.
        try? await tell()
    }

    /// Tells the ledger what it does not know yet, such as slots that were given back.
    ///
    /// - Throws: ``Failure`` if the ledger cannot be written; it is told with its next change then.
    package func tell() async throws(Failure) { try await change { _, _, _ in } }

    /// Gives a slot back with the next change of the ledger, and says how long an origin wants to be left
    /// alone.
    package func giveBack(_ lease: Lease, coolDown: CoolDown? = nil) {
        own.giveBack(lease)
        guard let coolDown else { return }
        let asked = max(newCoolDowns[coolDown.origin] ?? 0, coolDown.milliseconds)
        newCoolDowns[coolDown.origin] = asked
        newAnswers.remove(coolDown.origin)
    }

    /// Says with the next change of the ledger that an origin answered.
    package func noteAnswer(of origin: String) { newAnswers.insert(origin) }

    // MARK: - The ledger

    /// One transaction, before which the ledger knows what this process has, and after which those
    /// are woken whom it concerns.
    ///
    /// It says who gets what is free now, unless `body` does.
    @discardableResult
    private func change<R: Sendable>(
        settles: Bool = true,
        _ body: @escaping @Sendable (inout LedgerState, Int64, FairShare) -> R
    ) async throws(Failure) -> R {
        let report = HolderReport(
            holder: holder.id,
            entry: LedgerHolder(
                process: Int64(getpid()),
                role: configuration.role,
                capacity: configuration.capacity(),
                joinedAt: BootClock.now
            ),
            generation: generation,
            leases: own.all,
            members: Array(members.values),
            givenBack: own.givenBack,
            coolDowns: newCoolDowns,
            answers: newAnswers
        )
        let policy = configuration.policy
        let limits = configuration.limits
        if generation == nil { holder.becomeMember() }
        let changed = try await ledger.transact(own: holder.id) { state in
            let now = BootClock.now
            let before = state.leases
            report.apply(to: &state, limits: limits, now: now, policy: policy)
            let result = body(&state, now, policy)
            if settles { policy.settle(&state, now: now) }
            return LedgerChange(
                result: result,
                generation: state.generation,
                concerned: state.concerned(since: before, besides: report.holder),
                connections: state.connections(of: report.leases)
            )
        }
        generation = changed.generation
        own.see(changed.connections, told: report.givenBack)
        newCoolDowns = newCoolDowns.filter { report.coolDowns[$0.key] != $0.value }
        newAnswers.subtract(report.answers)
        for other in changed.concerned { ledger.wake(other) }
        return changed.result
    }
}
