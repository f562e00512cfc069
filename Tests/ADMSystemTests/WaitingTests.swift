import ADMModel
import Foundation
import Glibc
import Synchronization
import Testing

@testable import ADMSystem

/// What is said while a lock is waited for, and how such a wait ends.
@Suite(.serialized) struct WaitingTests {
    @Test func `a long wait names the process that holds the lock`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            holder.arguments = [path, "cat"]
            let input = Pipe()
            let output = Pipe()
            holder.standardInput = input
            holder.standardOutput = output
            try holder.run()
            // What it writes comes back only when it has the lock.
            try input.fileHandleForWriting.write(contentsOf: Data("locked\n".utf8))
            #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
            let told = Mutex<[Failure]>([])
            LongWaits.report(to: { report in
                guard report.message.contains(path) else { return }
                told.withLock { $0.append(report) }
                try? input.fileHandleForWriting.close()
            })
            defer { LongWaits.report(to: nil) }
            let lock = try FileLock.acquire(path: path)
            lock.release()
            holder.waitUntilExit()
            let report = try #require(told.withLock { $0 }.first)
            #expect(told.withLock { $0.count } == 1)
            #expect(report.code == .locked)
            #expect(report.message.contains("process \(holder.processIdentifier) (flock"))
        }
    }

    @Test func `a cancelled task gives up, and nobody gets a lock by that`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let lock = try FileLock.acquire(path: path)
            let waiter = LockWaiter(QueueExecutor(label: "waiter"))
            await withTaskGroup(of: Failure?.self) { group in
                group.addTask { await waiter.failure(of: path) }
                group.cancelAll()
                for await failure in group { #expect(failure?.code == .interrupted) }
            }
            lock.release()
            let again = try FileLock.acquire(path: path)
            again.release()
        }
    }

    @Test func `a wait on a thread of its own ends with its task`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let lock = try FileLock.acquire(path: path)
            await withTaskGroup(of: Failure?.self) { group in
                group.addTask {
                    do {
                        try await Blocking.waiting { () throws(Failure) in
                            try FileLock.acquire(path: path).release()
                        }
                        return nil
                    } catch { return error as? Failure }
                }
                group.cancelAll()
                for await failure in group { #expect(failure?.code == .interrupted) }
            }
            lock.release()
        }
    }

    @Test func `what another process holds is read from the kernel's list`() {
        let text = """
            1: FLOCK  ADVISORY  WRITE 4711 fe:03:131090 0 EOF
            1: -> FLOCK  ADVISORY  WRITE 4712 fe:03:131090 0 EOF
            2: POSIX  ADVISORY  READ  99 fe:03:131090 128 128
            3: FLOCK  ADVISORY  READ  12 00:2a:18446744073709551615 0 EOF
            4: FLOCK  ADVISORY  WRITE -1 00:2a:7 0 EOF
            5: FLOCK  ADVISORY  WRITE 99999999999 00:2a:7 0 EOF
            6: FLOCK  ADVISORY
            7: FLOCK  ADVISORY  WRITE 5 zz:2a:7 0 EOF
            """
        let entries = LockHolders.entries(text)
        #expect(entries.map(\.process) == [4711, 12])
        #expect(entries.first?.device == 0xFE03)
        #expect(entries.last?.inode == .max)
    }

    @Test func `a process is described by its program and verbs alone`() {
        func shown(_ words: String...) -> String {
            ProcessDescription.command(words, name: "kernel name")
        }
        #expect(shown("/usr/bin/adm", "download", "https://u:secret@h/x?token=1") == "adm download")
        #expect(shown("adm", "-w", "secret", "--json", "ws", "rename", "a") == "adm ws rename")
        #expect(shown("adm", "--header", "secret") == "adm")
        #expect(shown("python3", "script.py", "run") == "python3")
        #expect(shown("/opt/a b\u{1B}[2J\u{7}é") == "a?b?[2J??")
        #expect(shown("") == "kernel?name")
        #expect(ProcessDescription.command([], name: "") == "unknown")
        #expect(shown(String(repeating: "x", count: 500)).count == 40)
    }

    @Test func `a stat line is read although the name holds brackets`() {
        let tail = "T 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 123456 1 1"
        let status = ProcessDescription.Status(parsing: "42 (a) b (c) \(tail)")
        #expect(status?.name == "a) b (c")
        #expect(status?.isSuspended == true)
        #expect(status?.startTicks == 123_456)
        for broken in [
            "", "42", "42 (a)", "42 )a( S 1", "42 (a) S 1 2", "42 (a) S" + tail.dropFirst(),
        ] {
            let read = ProcessDescription.Status(parsing: broken)
            #expect(read == nil || read?.startTicks == 123_456, "\(broken)")
        }
    }

    @Test func `this process is described with the time when it began`() throws {
        let own = try #require(ProcessDescription(reading: getpid()))
        let began = try #require(own.startedAt)
        #expect(began <= Date().addingTimeInterval(2))
        #expect(!own.isSuspended)
        #expect(ProcessDescription(reading: Int32.max) == nil)
    }

    @Test func `a suspended holder is told apart, with what wakes it`() {
        let asleep = ProcessDescription(id: 7, command: "adm run", isSuspended: true)
        let awake = ProcessDescription(id: 8, command: "adm add")
        let report = LockWait(path: "/h/jobs.lock", holders: [asleep, awake]).report
        #expect(report.message.contains("process 7 (adm run), which is suspended"))
        #expect(report.hint?.contains("kill -CONT 7 ") == true)
        #expect(LockWait(path: "/h/jobs.lock", holders: [awake]).report.hint == nil)
        let unseen = LockWait(path: "/h/jobs.lock", holders: []).report
        #expect(unseen.message.contains("cannot be seen"))
    }
}

/// Waits for a lock on a thread of its own.
private actor LockWaiter {
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ executor: QueueExecutor) { self.executor = executor }

    func failure(of path: String) -> Failure? {
        do throws(Failure) {
            let lock = try FileLock.acquire(path: path)
            lock.release()
            return nil
        } catch { return error }
    }
}
