import ADMDisk
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Testing

@Suite struct PartFileWritingTests {
    @Test func `pieces written from many threads in any order make the file`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            let piece = 70_000
            let whole = (0..<piece * 32).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
            try await withThrowingTaskGroup { group in
                for index in (0..<32).shuffled() {
                    group.addTask {
                        let start = index * piece
                        let bytes = Array(whole[start..<start + piece])
                        try await Blocking.run { () throws(Failure) in
                            try part.write(bytes, at: Int64(start))
                        }
                        part.startWriteback()
                    }
                }
                try await group.waitForAll()
            }
            try part.sync()
            #expect(FileManager.default.contents(atPath: part.path) == Data(whole))
        }
    }

    @Test func `no bytes are no write`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            try part.write([], at: 1_000)
            #expect(try part.length == 0)
        }
    }

    @Test func `a write far behind the end leaves a hole`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            try part.write([7], at: 5_000_000_000)
            #expect(try part.length == 5_000_000_001)
            #expect(try part.allocatedLength < 1_000_000)
        }
    }

    @Test func `truncating drops bytes or adds a hole`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("hello")
            try part.truncate(to: 2)
            #expect(try part.length == 2)
            try part.truncate(to: 1 << 33)
            #expect(try part.length == 1 << 33)
        }
    }

    @Test func `a write before the start of the file names the file`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            let refusal = try failure { try part.write([1], at: -1) }
            #expect(refusal.code == .storage)
            #expect(refusal.message == "cannot write \(part.path)")
        }
    }

    @Test func `D13 reserving keeps the length, and what is reserved is counted`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("hello")
            try part.reserve(length: 0)
            try part.reserve(length: 8_000_000)
            #expect(try part.length == 5)
            let allocated = try part.allocatedLength
            // File systems that cannot reserve say so, and that is fine.
            #expect(allocated >= 8_000_000 || allocated <= 65_536)
            #expect(scratch.text(".adm-part/\(part.job).part") == "hello")
        }
    }

    @Test func `P11 a length that no file system holds is refused before the download`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            let refusal = try failure { try part.reserve(length: .max - 4_096) }
            #expect(refusal.code == .storage || refusal.code == .noSpace)
            #expect(refusal.message.contains(part.path))
        }
    }

    @Test func `syncing again and again is fine`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("a")
            for _ in 0..<3 { try part.sync() }
            try part.write([2], at: 1)
            try part.sync()
            #expect(try part.length == 2)
        }
    }
}

@Suite(.enabled(if: MountedDisk.isAllowed, "mounting a file system is not permitted"))
struct FullDiskTests {
    @Test func `D1 a full disk stops the write, keeps the bytes, and continues when there is room`()
        async throws
    {
        try await Scratch.onDisk(of: "1m") { scratch in
            let ballast = [UInt8](repeating: 1, count: 600_000)
            try Data(ballast).write(to: URL(fileURLWithPath: scratch("ballast")))
            let job = JobID()
            let part = try scratch.part("begin", job: job)
            let piece = [UInt8](repeating: 2, count: 600_000)
            let refusal = try failure { try part.write(piece, at: 5) }
            #expect(refusal.code == .noSpace)
            #expect(refusal.message == "cannot write \(part.path)")
            #expect(refusal.cause == "No space left on device")
            #expect(refusal.hint?.contains("free some space") == true)
            #expect(scratch.text(".adm-part/\(job).part")?.hasPrefix("begin") == true)
            try scratch.remove("ballast")
            // What a removed file took is given back by the kernel in its own time.
            while try FreeSpace.available(at: scratch.path) < 400_000 { await Task.yield() }
            try part.write(piece, at: 5)
            try part.sync()
            #expect(try part.length == 600_005)
        }
    }

    @Test func `D1 reserving more than there is fails at once`() async throws {
        try await Scratch.onDisk(of: "1m") { scratch in
            let part = try scratch.part("x")
            let refusal = try failure { try part.reserve(length: 3_000_000) }
            #expect(refusal.code == .noSpace)
            #expect(refusal.message == "cannot reserve 2.86 MiB for \(part.path)")
        }
    }

    @Test func `D1 a disk too full for a directory names what could not be made`() async throws {
        try await Scratch.onDisk(of: "64k,nr_inodes=2") { scratch in
            try scratch.makeDirectory("only")
            let refusal = try failure {
                _ = try PartFile.open(directory: scratch.path, job: JobID(), create: true)
            }
            #expect(refusal.code == .noSpace)
            #expect(refusal.message == "cannot open \(scratch.path)/.adm-part")
        }
    }

    @Test func `the free space is what the file system has, also for a path to come`() async throws
    {
        try await Scratch.onDisk(of: "1m") { scratch in
            let free = try FreeSpace.available(at: scratch.path)
            #expect(free > 900_000 && free <= 1_048_576)
            #expect(try FreeSpace.available(at: scratch("not/yet/there")) == free)
            try FreeSpace.require(bytes: free, keeping: 0, at: scratch("not/yet"))
            let refusal = try failure {
                try FreeSpace.require(bytes: 2_097_152, keeping: 1_024, at: scratch("not/yet"))
            }
            #expect(refusal.code == .noSpace)
            #expect(
                refusal.message == "\(scratch("not/yet")) needs 2.00 MiB more and has"
                    + " \(ByteCount(free)) free, and 1.00 KiB must stay free"
                    + " (file system mounted on \(scratch.path))"
            )
            #expect(throws: Failure.self) {
                try FreeSpace.require(bytes: .max, keeping: .max, at: scratch.path)
            }
        }
    }

    @Test func `D7 a read-only file system is named before anything is fetched`() async throws {
        try await Scratch.onDisk(of: "1m") { scratch in
            let job = JobID()
            _ = try scratch.part("kept", job: job)
            try await scratch.makeReadOnly()
            for directory in [scratch.path, scratch("new")] {
                let refusal = try failure {
                    _ = try PartFile.open(directory: directory, job: job, create: true)
                }
                #expect(refusal.code == .storage)
                #expect(refusal.message.contains(directory))
                #expect(refusal.hint?.contains("read-only") == true)
            }
            #expect(PartFile.exists(directory: scratch.path, job: job))
        }
    }
}
