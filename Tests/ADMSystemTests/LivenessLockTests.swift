import ADMModel
import Foundation
import Glibc
import Testing

@testable import ADMSystem

/// Whether a process lives is told by the kernel, never by a clock.
struct LivenessLockTests {
    @Test func `a process sees itself alive until it ends`() async throws {
        try await Home.with { home in
            let holder = try LivenessLock(in: home.layout)
            #expect(LivenessLock.isAlive(id: holder.id, in: home.layout))
            #expect(LivenessLock.isAlive(id: holder.id, in: home.layout))
            holder.end()
            #expect(!LivenessLock.isAlive(id: holder.id, in: home.layout))
            holder.end()
            let left = try FileManager.default.contentsOfDirectory(atPath: home.layout.holders)
            #expect(left == [])
        }
    }

    @Test func `the directories are made for the owner alone`() async throws {
        try await Home.with { home in
            let holder = try LivenessLock(in: home.layout)
            let manager = FileManager.default
            for path in [home.layout.coordination, home.layout.holders] {
                let mode = try manager.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o700)
            }
            holder.end()
        }
    }

    @Test func `a liveness lock tells the number of the process, and whose queues it runs`()
        async throws
    {
        try await Home.with { home in
            let holder = try LivenessLock(in: home.layout)
            let (one, other) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
            let servers = { LivenessLock.servers(of: $0, in: home.layout) }
            #expect(LivenessLock.process(of: holder.id, in: home.layout) == Int64(getpid()))
            #expect(servers(one).isEmpty)
            holder.serve(one, true)
            holder.serve(other, true)
            holder.becomeMember()
            LivenessLock.wake(id: holder.id, in: home.layout)
            #expect(servers(one) == [Int64(getpid())])
            #expect(servers(other) == [Int64(getpid())])
            #expect(LivenessLock.hasMembers(besides: nil, in: home.layout))
            holder.serve(one, false)
            #expect(servers(one).isEmpty)
            #expect(servers(other) == [Int64(getpid())])
            holder.end()
            #expect(servers(other).isEmpty)
            for text in ["", "member", "member!\nx\n", "\n\n\n\n\n\n\n\n\n\n"] {
                let path = home.layout.holders + "/\(one).lock"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(servers(other).isEmpty)
                #expect(LivenessLock.process(of: one, in: home.layout) == nil)
            }
        }
    }

    @Test func `K1 a killed process is dead at once and its file is removed`() async throws {
        try await Home.with { home in
            let own = try LivenessLock(in: home.layout)
            let id = UUID().uuidString.lowercased()
            let path = home.layout.holders + "/\(id).lock"
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            // Without a fork the process that is killed is the one that holds the lock.
            process.arguments = ["--no-fork", path, "sh", "-c", "echo locked; exec cat"]
            let input = Pipe()
            let output = Pipe()
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
            #expect(LivenessLock.isAlive(id: id, in: home.layout))
            #expect(FileManager.default.fileExists(atPath: path))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(!LivenessLock.isAlive(id: id, in: home.layout))
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(LivenessLock.isAlive(id: own.id, in: home.layout))
            own.end()
        }
    }

    @Test func `two askers do not take each other for the holder`() async throws {
        try await Home.with { home in
            try FileManager.default.createDirectory(
                atPath: home.layout.holders,
                withIntermediateDirectories: true
            )
            let id = UUID().uuidString.lowercased()
            let path = home.layout.holders + "/\(id).lock"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            // What another asker holds while it looks.
            let asker = unsafe open(path, O_RDWR | O_CLOEXEC)
            #expect(flock(asker, LOCK_SH) == 0)
            #expect(!LivenessLock.isAlive(id: id, in: home.layout))
            Glibc.close(asker)
        }
    }

    @Test func `an identifier that is none leads to no file`() async throws {
        try await Home.with { home in
            let path = home.layout.root + "/important.lock"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            #expect(!LivenessLock.isAlive(id: "../../important", in: home.layout))
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }
}
