import ADMModel
import Foundation
import Glibc
import Testing

@testable import ADMSystem

/// A lock on a file, seen from this process and from another one.
struct FileLockTests {
    @Test func `a held lock is not given out twice and is free after its release`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let lock = try FileLock.acquire(path: path)
            #expect(try !isFree(path))
            lock.release()
            #expect(try isFree(path))
        }
    }

    @Test func `a lock is free at the end of its scope`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            do {
                let lock = try FileLock.acquire(path: path)
                #expect(try !isFree(lock.path))
            }
            #expect(try isFree(path))
        }
    }

    @Test func `the lock file is for its owner alone and no child inherits it`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let lock = try FileLock.acquire(path: path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            // A child that is still there after the release would keep an inherited lock.
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/cat")
            let input = Pipe()
            child.standardInput = input
            try child.run()
            lock.release()
            #expect(try isFree(path))
            try input.fileHandleForWriting.close()
            child.waitUntilExit()
        }
    }

    @Test func `another process is kept out`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let lock = try FileLock.acquire(path: path)
            #expect(try run("/usr/bin/flock", "-n", path, "true") == 1)
            lock.release()
            #expect(try run("/usr/bin/flock", "-n", path, "true") == 0)
        }
    }

    @Test func `CF9 a lock file deleted while somebody waits is locked again`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            let first = try FileLock.acquire(path: path)
            let waiter = QueueExecutor(label: "waiter")
            let blocked = Waiter(executor: waiter)
            async let arrived = blocked.wait(for: path)
            var status = stat()
            unsafe stat(path, &status)
            while try !isAwaited(inode: status.st_ino) { await Task.yield() }
            unsafe unlink(path)
            first.release()
            let isNamed = try await arrived
            #expect(isNamed)
        }
    }

    @Test func `a symbolic link is not followed`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            unsafe symlink(home.layout.root + "/elsewhere", path)
            let failure = #expect(throws: Failure.self) {
                try isFree(path)
            }
            #expect(failure?.code == .storage)
            #expect(!FileManager.default.fileExists(atPath: home.layout.root + "/elsewhere"))
        }
    }

    @Test func `the lock is given back when the critical section throws`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/lock"
            #expect(throws: CancellationError.self) {
                try FileLock.withLock(path: path) { throw CancellationError() }
            }
            let seven = try FileLock.withLock(path: path) { 7 }
            #expect(seven == 7)
        }
    }
}

/// Whether the lock can be had; it is given back at once.
private func isFree(_ path: String) throws -> Bool {
    guard let lock = try FileLock.tryAcquire(path: path) else { return false }
    lock.release()
    return true
}

/// Whether somebody waits for the lock of a file (proc(5), `/proc/locks`).
private func isAwaited(inode: UInt) throws -> Bool {
    try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        .contains { $0.contains("-> FLOCK") && $0.contains(":\(inode) ") }
}

/// Waits for a lock on a thread of its own.
private actor Waiter {
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(executor: QueueExecutor) { self.executor = executor }

    func wait(for path: String) throws -> Bool {
        let lock = try FileLock.acquire(path: path)
        // What this process holds, another one must find locked.
        let isNamed = try run("/usr/bin/flock", "-n", path, "true") == 1
        lock.release()
        return isNamed
    }
}
