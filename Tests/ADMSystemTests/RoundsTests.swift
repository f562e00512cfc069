import Synchronization
import Testing

@testable import ADMSystem

/// Work that is done in rounds.
@Suite(.timeLimit(.minutes(1))) struct RoundsTests {
    @Test func `who comes alone waits for nobody, and the others share the next round`() async {
        let sizes = Mutex<[Int]>([])
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let (began, first) = AsyncStream.makeStream(of: Void.self)
        let rounds = Rounds<Int, Int> { items in
            let isFirst = sizes.withLock { all in
                all.append(items.count)
                return all.count == 1
            }
            if isFirst {
                first.yield()
                for await _ in gate { break }
            }
            return items.map { $0 * 2 }
        }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await rounds.take(0, in: 7) == 0 }
            for await _ in began { break }
            for number in 1...50 {
                group.addTask { await rounds.take(number, in: 7) == number * 2 }
            }
            // Another lane works at the same time.
            #expect(await rounds.take(99, in: 8) == 198)
            while await rounds.count(in: 7) < 50 { await Task.yield() }
            opened.yield()
            for await isRight in group { #expect(isRight) }
        }
        #expect(sizes.withLock { $0 } == [1, 1, 50])
        #expect(await rounds.take(3, in: 7) == 6)
    }

    @Test func `a first round waits for company as long as it is told to`() async {
        let isPatient: @Sendable () -> Duration = { .seconds(60) }
        let rounds = Rounds<Int, Int>(patience: isPatient) { items in
            items.map { _ in items.count }
        }
        let counts = await withTaskGroup(of: Int.self) { group in
            group.addTask { await rounds.take(1, in: 1) }
            for number in 2...3 { group.addTask { await rounds.take(number, in: 1) } }
            while await rounds.count(in: 1) < 2 { await Task.yield() }
            // Who is cancelled waits no longer, and takes the others along.
            group.cancelAll()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [3, 3, 3])
    }
}
