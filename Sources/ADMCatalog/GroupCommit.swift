import ADMModel
import ADMSystem
import Dispatch
import GRDB
import Synchronization

/// The statements of one verb that wait for a transaction to take part in.
struct GroupedWrite: Sendable {
    /// What a commit must survive for this one.
    let durability: Durability
    /// Runs the statements and answers what tells the caller, once they are committed.
    let run: @Sendable (Database) throws -> @Sendable () -> Void
    /// Tells the caller that nothing was written.
    let fail: @Sendable (Failure) -> Void
}

/// Group commit: writes that are asked for at the same time share a transaction.
extension WorkspaceDatabase {
    /// Runs statements in a transaction with those that others ask for at the same time.
    ///
    /// Beginning, locking, committing and syncing cost more than most statements, so many small jobs
    /// are bound by them. If one of the bodies throws, nothing of the transaction is kept and each
    /// gets one of its own; a body may therefore run twice and must depend on the database alone.
    ///
    /// - Throws: ``Failure`` of this body alone; then it wrote nothing.
    func commitInGroup<R: Sendable>(
        _ durability: Durability,
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(Failure) -> R {
        let outcome: Result<R, Failure> = await withCheckedContinuation { continuation in
            waitingWrites.append(
                GroupedWrite(
                    durability: durability,
                    run: { database in
                        let value = try body(database)
                        return { continuation.resume(returning: .success(value)) }
                    },
                    fail: { continuation.resume(returning: .failure($0)) }
                )
            )
            askers += 1
            guard waitingWrites.count == 1 else { return }
            // Behind every verb that waits for the thread already, so that they come along; if
            // several came along before, others are on their way.
            let commit: @Sendable () -> Void = { self.assumeIsolated { $0.commitGroup() } }
            if isBatching {
                executor.later(after: WorkspaceDatabase.groupDelay, commit)
            } else {
                executor.later(commit)
            }
        }
        return try outcome.get()
    }

    /// Runs bodies in a transaction, with those that wait for one already, at once; each has an outcome of its
    /// own, as with ``commitInGroup(_:_:)``.
    func commitInGroup<R: Sendable>(
        _ durability: Durability,
        each bodies: [@Sendable (Database) throws -> R]
    ) async -> [Result<R, Failure>] {
        let outcomes = Outcomes<R>(bodies.count)
        for (index, body) in bodies.enumerated() {
            waitingWrites.append(
                GroupedWrite(
                    durability: durability,
                    run: { database in
                        let value = try body(database)
                        return { outcomes[index] = .success(value) }
                    },
                    fail: { outcomes[index] = .failure($0) }
                )
            )
        }
        askers += 1
        commitGroup()
        return outcomes.all
    }

    /// The outcomes of bodies that are committed together.
    private final class Outcomes<R: Sendable>: Sendable {
        private let outcomes: Mutex<[Result<R, Failure>]>

        init(_ count: Int) {
            let none = Failure(.unclassified, "nothing was written")
            outcomes = Mutex(Array(repeating: .failure(none), count: count))
        }

        var all: [Result<R, Failure>] { outcomes.withLock { $0 } }

        subscript(index: Int) -> Result<R, Failure> {
            get { outcomes.withLock { $0[index] } }
            set { outcomes.withLock { $0[index] = newValue } }
        }
    }

    /// How long writes wait for others while there are many.
    private static let groupDelay = DispatchTimeInterval.microseconds(1500)

    /// Carries out what waits, all in one transaction if that goes well.
    func commitGroup() {
        let writes = waitingWrites
        waitingWrites = []
        isBatching = askers > 1
        askers = 0
        guard let first = writes.first else { return }
        let durability: Durability =
            writes.contains { $0.durability == .power } ? .power : .process
        do throws(Failure) {
            let answers = try write(durability) { database in
                try writes.map { try $0.run(database) }
            }
            for answer in answers { answer() }
        } catch {
            guard writes.count > 1 else { return first.fail(error) }
            for single in writes { commit(single) }
        }
    }

    private func commit(_ single: GroupedWrite) {
        do throws(Failure) {
            let answer = try write(single.durability) { try single.run($0) }
            answer()
        } catch { single.fail(error) }
    }
}
