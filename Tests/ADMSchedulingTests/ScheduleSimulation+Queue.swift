import ADMModel

@testable import ADMCatalog
@testable import ADMScheduling

/// The queue of the simulation: what is found in it, and who gets which job.
extension ScheduleSimulation {
    var hasReadyInQueue: Bool {
        works.values.contains { $0.state == .ready && !$0.isForeground }
    }

    func ready(_ isWanted: (Work) -> Bool) -> [(Int64, Work)] {
        works.filter { $0.value.state == .ready && isWanted($0.value) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    func suspects() -> [Suspect] {
        ready(\.isSuspect).map { number, work in
            Suspect(
                number: number,
                host: work.host,
                origin: work.origin,
                sortKey: number,
                isForeground: work.isForeground
            )
        }
    }

    func find(_ search: Schedule.Search) -> Schedule.Event {
        func head(_ some: [(Int64, Work)]) -> QueueHead {
            var head = QueueHead()
            for (number, work) in some
            where !search.busy.contains(work.host) && !search.closed.contains(work.origin) {
                head.count += 1
                guard !head.entries.contains(where: { $0.origin == work.origin }) else { continue }
                head.entries.append(.init(number: number, host: work.host, origin: work.origin))
            }
            return head
        }
        let own = search.foreground.map { known in
            head(ready { $0.isForeground && !$0.isSuspect }.filter { known.contains($0.0) })
        }
        let queue = search.includesQueue ? head(ready { !$0.isForeground && !$0.isSuspect }) : nil
        return .jobsFound(foreground: own ?? QueueHead(), queue: queue ?? QueueHead())
    }

    mutating func claim(_ request: Schedule.ClaimRequest) -> [Int64] {
        let some = ready { work in
            !work.isSuspect && work.host == request.host && !request.closed.contains(work.origin)
        }
        let own = some.filter { $0.1.isForeground && request.foreground.contains($0.0) }
        let others = some.filter { !$0.1.isForeground }.prefix(request.fromQueue)
        // Another process may have been faster.
        let lost = isRough && chance(15) ? 1 : 0
        let taken = (own + others).prefix(request.count).dropFirst(lost).map(\.0)
        for number in taken { works[number]?.state = .claimed }
        return taken
    }

    mutating func claimAlone(_ number: Int64) -> [Int64] {
        guard works[number]?.state == .ready, !(isRough && chance(20)) else { return [] }
        works[number]?.state = .claimed
        return [number]
    }
}
