/// Work that is done in rounds, each for all that wait for it; those that come during a round take part in the
/// next one.
///
/// Whoever comes first does the work, at once unless others are known to be on their way. The work of different
/// lanes runs side by side.
package actor Rounds<Item: Sendable, Outcome: Sendable> {
    private enum Turn {
        case done(Outcome)
        case lead
    }

    private struct Waiting {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>
    }

    private let work: @Sendable ([Item]) async -> [Outcome]
    /// How long a round waits for company before it begins.
    private let patience: @Sendable () -> Duration
    /// What waits in each lane that has a round under way.
    private var waiting: [Int64: [Waiting]] = [:]

    /// Begins with nothing to do; the work answers for each item, in their order.
    ///
    /// A round that follows another one begins at once. The first begins after `patience`, with those that came
    /// until then; after cancellation of the task of the one that came first it begins at once.
    package init(
        patience: @escaping @Sendable () -> Duration = { .zero },
        _ work: @escaping @Sendable ([Item]) async -> [Outcome]
    ) {
        self.patience = patience
        self.work = work
    }

    /// How many wait for the next round of a lane.
    func count(in lane: Int64) -> Int { waiting[lane]?.count ?? 0 }

    /// Takes part in the next round of a lane; cancellation changes nothing about that.
    package func take(_ item: Item, in lane: Int64) async -> Outcome {
        if waiting[lane] == nil {
            waiting[lane] = []
            let patience = patience()
            if patience > .zero { try? await Task.sleep(for: patience) }
        } else {
            let turn = await withCheckedContinuation { continuation in
                waiting[lane, default: []].append(Waiting(item: item, continuation: continuation))
            }
            if case .done(let outcome) = turn { return outcome }
        }
        let others = waiting.updateValue([], forKey: lane) ?? []
        let outcomes = await work([item] + others.map(\.item))
        for (other, outcome) in zip(others, outcomes.dropFirst()) {
            other.continuation.resume(returning: .done(outcome))
        }
        if waiting[lane]?.isEmpty ?? true {
            waiting[lane] = nil
        } else {
            waiting[lane]?.removeFirst().continuation.resume(returning: .lead)
        }
        return outcomes[0]
    }
}
