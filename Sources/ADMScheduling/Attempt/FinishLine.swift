package import ADMCatalog
import ADMDisk
package import ADMModel
import ADMSystem
import Foundation

/// Sees whole files through to their final names, many at a time; one for a workspace.
///
/// All files of one file system that arrive during a round go through the next one together: their bytes are
/// synced, one transaction records where they go, they get their names, their directories are synced, and one
/// transaction records that they are there. Each has an outcome of its own, and for each the steps come in the
/// order that makes every crash point recoverable. A file that comes alone waits for no other; while many
/// others are on their way it waits a few milliseconds for company.
package struct FinishLine: Sendable {
    /// A whole file that was checked.
    struct Item: Sendable {
        let claim: Claim
        let part: PartFile
        let length: Int64
        /// The name that it should have.
        let name: String
        let policy: ConflictPolicy
        let verification: Verification?
        /// What the server said, if it is not recorded yet.
        let head: RemoteFile?
        /// What is told of it when it has its name.
        let completion: @Sendable (_ name: String) -> JobEvent.Completion
    }

    /// How far a file came.
    enum Outcome: Sendable {
        /// It has its name, and that is recorded.
        case succeeded(name: String, JobEvent.Completion, at: Date)
        /// It is not durable, or not as adm left it.
        case unsound(Failure)
        /// It is durable. The name that was chosen is somebody else's by now, or there is none.
        case unnamed(Result<String, Failure>)
        /// It could not be recorded where it goes, or it did not get its name.
        case failed(Failure)
        /// It has its name, which could not be recorded.
        case unrecorded(Failure)
        /// The job went to another process.
        case lost
    }

    private let rounds: Rounds<Item, Outcome>
    /// How many files are on their way, some of which will be whole soon.
    let transferring: TransferCount

    /// From this many transfers on, files that are whole wait a moment for others.
    private static let crowd = 8
    /// How long they wait.
    ///
    /// Their slots are free already, so that nothing else waits for it.
    private static let patience = Duration.milliseconds(10)

    /// Begins with nothing to finish; takes events after they were recorded.
    package init(
        _ recorder: JobRecorder,
        publish: @escaping @Sendable ([JobEvent]) async -> Void
    ) {
        let transferring = TransferCount()
        self.transferring = transferring
        let patience: @Sendable () -> Duration = {
            transferring.value >= FinishLine.crowd ? FinishLine.patience : .zero
        }
        rounds = Rounds(patience: patience) { items in
            var round = FinishingRound(items, recorder, publish)
            return await round.run()
        }
    }

    /// Takes a file as far as it comes.
    ///
    /// Cancellation changes nothing about that.
    func finish(_ item: Item) async -> Outcome {
        await rounds.take(item, in: item.part.identity.device)
    }
}

/// One round of a ``FinishLine``.
private struct FinishingRound {
    /// A file that has come to a step, by its place in the round.
    private typealias Step = (index: Int, name: String)

    private let items: [FinishLine.Item]
    private let recorder: JobRecorder
    private let publish: @Sendable ([JobEvent]) async -> Void
    private var outcomes: [FinishLine.Outcome]

    init(
        _ items: [FinishLine.Item],
        _ recorder: JobRecorder,
        _ publish: @escaping @Sendable ([JobEvent]) async -> Void
    ) {
        self.items = items
        self.recorder = recorder
        self.publish = publish
        outcomes = Array(repeating: .lost, count: items.count)
    }

    /// Takes every step with all files that have come so far.
    mutating func run() async -> [FinishLine.Outcome] {
        let sealed = await seal()
        let recorded = await record(sealed)
        let placed = await place(recorded)
        await finish(placed)
        return outcomes
    }

    private mutating func seal() async -> [Step] {
        let results = await GroupSync.sync(
            items.map { item in
                GroupSync.File(item.part) { () throws(Failure) in
                    try item.part.seal(length: item.length, as: item.name, policy: item.policy)
                }
            }
        )
        var sealed: [Step] = []
        for (index, result) in results.enumerated() {
            switch result {
            case .success(.success(let name)): sealed.append((index, name))
            case .success(let none): outcomes[index] = .unnamed(none)
            case .failure(let failure): outcomes[index] = .unsound(failure)
            }
        }
        return sealed
    }

    private mutating func record(_ steps: [Step]) async -> [Step] {
        guard !steps.isEmpty else { return [] }
        let results = await recorder.finalizing(
            steps.map { index, name in
                let item = items[index]
                let target = FinalTarget(
                    fileName: name,
                    device: UInt64(bitPattern: item.part.identity.device),
                    inode: UInt64(bitPattern: item.part.identity.inode),
                    size: item.length
                )
                return FinalMove(item.claim, to: target, item.verification, head: item.head)
            }
        )
        var recorded: [Step] = []
        var events: [JobEvent] = []
        for (step, result) in zip(steps, results) {
            switch result {
            case .success(.recorded(let own)):
                events += own
                recorded.append(step)
            case .success(.nameTaken): outcomes[step.index] = .unnamed(.success(step.name))
            case .success(.lost): outcomes[step.index] = .lost
            case .failure(let failure): outcomes[step.index] = .failed(failure)
            }
        }
        if !events.isEmpty { await publish(events) }
        return recorded
    }

    private mutating func place(_ steps: [Step]) async -> [Step] {
        guard !steps.isEmpty else { return [] }
        let results = await GroupSync.syncNames(
            steps.map { index, name in
                let item = items[index]
                return GroupSync.File(item.part) { () throws(Failure) in
                    try item.part.place(as: name, replacing: item.policy == .overwrite)
                }
            }
        )
        var placed: [Step] = []
        for (step, result) in zip(steps, results) {
            switch result {
            case .success: placed.append(step)
            case .failure(let failure):
                let mayChange = failure.code == .exists && items[step.index].policy == .rename
                outcomes[step.index] = mayChange ? .unnamed(.success(step.name)) : .failed(failure)
            }
        }
        return placed
    }

    private mutating func finish(_ steps: [Step]) async {
        guard !steps.isEmpty else { return }
        let now = Date()
        let ends = steps.map { index, name in
            (claim: items[index].claim, completion: items[index].completion(name))
        }
        let results = await recorder.succeeded(ends, now: now)
        var events: [JobEvent] = []
        for (number, (step, result)) in zip(steps, results).enumerated() {
            switch result {
            case .success(let own?):
                events += own
                outcomes[step.index] = .succeeded(
                    name: step.name,
                    ends[number].completion,
                    at: now
                )
            case .success(nil): outcomes[step.index] = .lost
            case .failure(let failure): outcomes[step.index] = .unrecorded(failure)
            }
        }
        if !events.isEmpty { await publish(events) }
    }
}
