import ADMSystem
import Foundation
import Testing

/// The thread that the tasks of jobs share.
@Suite(.timeLimit(.minutes(1))) struct TaskThreadTests {
    private actor Counter {
        private(set) var count = 0
        private(set) var threads: Set<String> = []

        func add() {
            count += 1
            threads.insert(TaskThreadTests.threadName)
        }
    }

    private static var threadName: String { Thread.current.name ?? "" }

    @Test func `tasks, what they begin and the actors that they ask run on one thread`() async {
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask(executorPreference: TaskThread.shared) {
                    async let other: Void = counter.add()
                    await Task.yield()
                    await counter.add()
                    await other
                }
            }
        }
        #expect(await counter.count == 100)
        #expect(await counter.threads == ["adm-tasks"])
    }

    @Test func `work that blocks runs elsewhere, and its task continues here`() async {
        let names = await withTaskGroup(of: [String].self) { group in
            group.addTask(executorPreference: TaskThread.shared) {
                let elsewhere = await Blocking.run { TaskThreadTests.threadName }
                return [elsewhere, TaskThreadTests.threadName]
            }
            return await group.next() ?? []
        }
        #expect(names.count == 2)
        #expect(names.first != "adm-tasks")
        #expect(names.last == "adm-tasks")
    }

    @Test func `it wakes up whenever something comes, again and again`() async {
        for round in 0..<20 {
            let answer = await withTaskGroup(of: Int.self) { group in
                group.addTask(executorPreference: TaskThread.shared) { round }
                return await group.next()
            }
            #expect(answer == round)
        }
    }
}
