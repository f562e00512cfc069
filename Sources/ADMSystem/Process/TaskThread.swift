import CADMSystem
import Dispatch
import Foundation
import Synchronization

/// A thread of its own for tasks that only decide and wait, as those of jobs do.
///
/// A task that continues after a wait is put in a row and wakes nobody while the thread works; in the pool that other
/// tasks share it woke a thread each time. What blocks has to go through ``Blocking``: it would hold up all.
package final class TaskThread: TaskExecutor {
    /// The one of this process.
    package static let shared = TaskThread()

    private struct State: Sendable {
        var jobs: [UnownedJob] = []
        var isAsleep = false
    }

    private let state = Mutex(State())
    private let alarm = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            // `Thread` takes a name only once it knows that the thread runs.
            unsafe adm_name_thread("adm-tasks")
            runForever()
        }
        thread.start()
    }

    /// Takes the next piece of a task.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wasAsleep = state.withLock { state in
            state.jobs.append(job)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wasAsleep { alarm.signal() }
    }

    private func runForever() {
        var turn: [UnownedJob] = []
        while true {
            state.withLock { state in
                swap(&state.jobs, &turn)
                state.isAsleep = turn.isEmpty
            }
            if turn.isEmpty { alarm.wait() }
            for job in turn { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            turn.removeAll(keepingCapacity: true)
        }
    }
}
