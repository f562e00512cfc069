/// Work that is done in rounds, each for all that wait for it; those that come during a round take part in the
/// next one.
///
/// Whoever comes first does the work at once and waits for nobody. Work of different lanes goes on side by side.
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
    /// What waits in each lane in which a round goes on.
    private var waiting: [Int64: [Waiting]] = [:]

    /// Begins with nothing to do; the work answers for each item, in their order.
    package init(_ work: @escaping @Sendable ([Item]) async -> [Outcome]) { self.work = work }

    /// How many wait for the next round of a lane.
    func count(in lane: Int64) -> Int { waiting[lane]?.count ?? 0 }

    /// Takes part in the next round of a lane; cancellation changes nothing about that.
    package func take(_ item: Item, in lane: Int64) async -> Outcome {
        if waiting[lane] != nil {
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
