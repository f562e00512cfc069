package import ADMModel
import Dispatch
import Foundation
import Glibc
import Synchronization

/// Waits for a lock of flock(2), tells when that takes long, and ends when the process is to end.
package enum PatientLock {
    /// Takes the lock of an open file.
    ///
    /// - Throws: ``Failure`` with `interrupted` if the process was told to end, or the task was
    ///   cancelled, before the lock was free; with `storage` if the file system knows no locks.
    package static func take(
        _ descriptor: Int32,
        _ operation: Int32,
        path: String
    ) throws(Failure) {
        // Critical sections are short: most waits end here, without a thread.
        for pause: UInt32 in [0, 50, 100, 200, 400, 800] {
            if pause > 0 { usleep(pause) }
            if try attempt(descriptor, operation, path: path) { return }
        }
        let beginning = ContinuousClock.now
        var isReported = false
        let blocked = BlockedLock(descriptor, operation)
        while true {
            switch blocked.outcome(within: .milliseconds(50)) {
            case .taken: return
            case .failed(let error): throw Failure(error, "cannot lock \(path)", of: .home)
            case .waiting: break
            }
            let time = beginning.duration(to: .now)
            if !isReported, time >= LongWaits.patience {
                LongWaits.tell(LockWait(path: path, holders: LockHolders.of(descriptor)))
                isReported = true
            }
            guard LongWaits.isOver(path, after: time, isReported: isReported) else { continue }
            guard blocked.abandon() else { return }
            let wait = LockWait(path: path, holders: LockHolders.of(descriptor))
            throw Failure(.interrupted, "gave up " + wait.report.message)
        }
    }

    /// Takes the lock if nobody else has it.
    package static func attempt(
        _ descriptor: Int32,
        _ operation: Int32,
        path: String
    ) throws(Failure) -> Bool {
        do throws(Errno) {
            _ = try Errno.check { flock(descriptor, operation | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw Failure(error, "cannot lock \(path)", of: .home)
        }
    }
}

/// A wait in the kernel, where it is woken as soon as the lock is free, on a thread of its own, which
/// can be left behind there.
private final class BlockedLock: Sendable {
    enum Outcome: Equatable {
        case waiting
        case taken
        case failed(Errno)
    }

    private struct State {
        var outcome = Outcome.waiting
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    init(_ descriptor: Int32, _ operation: Int32) {
        // Another number for the same open file: the lock belongs to that, whoever asked for it, and the
        // caller may close its own.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else {
            state.withLock { $0.outcome = .failed(.last) }
            ended.signal()
            return
        }
        Thread.detachNewThread { [self] in
            var outcome = Outcome.taken
            do throws(Errno) {
                _ = try Errno.check { flock(copy, operation) }
            } catch { outcome = .failed(error) }
            state.withLock { state in
                state.outcome = outcome
                if state.isAbandoned { flock(copy, LOCK_UN) }
            }
            close(copy)
            ended.signal()
        }
    }

    func outcome(within time: DispatchTimeInterval) -> Outcome {
        _ = ended.wait(timeout: .now() + time)
        return state.withLock { $0.outcome }
    }

    /// Leaves the thread behind; false where it has the lock by now.
    func abandon() -> Bool {
        state.withLock { state in
            guard state.outcome != .taken else { return false }
            state.isAbandoned = true
            return true
        }
    }
}
