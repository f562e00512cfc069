import ADMDisk
import ADMModel
import Foundation
import Glibc
import Testing

/// What other programs do to a part file while it is written is noticed before it gets its name.
@Suite struct PartFileGuardTests {
    @Test func `a file that nobody touched is delivered`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            try part.sync()
            try part.seal()
            try part.requireUntouched(length: 5)
            _ = try failure { try part.requireUntouched(length: 4) }
            #expect(!part.isTouched)
            #expect(try part.deliver(as: "a", policy: .error) == "a")
            #expect(scratch.text("a") == "whole")
        }
    }

    @Test func `D9 a file that was shortened is noticed by the next write`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            #expect(unsafe truncate(part.path, 2) == 0)
            let refusal = try failure { try part.write([1, 2, 3], at: 5) }
            #expect(refusal.code == .storage)
            #expect(refusal.message.contains("was changed by another program"))
            #expect(part.isTouched)
            _ = try failure { try part.requireUntouched() }
        }
    }

    @Test func `D9 a file that was shortened after the last write is noticed at the end`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            try part.seal()
            #expect(unsafe truncate(part.path, 2) == 0)
            let refusal = try failure { _ = try part.deliver(as: "a", policy: .error) }
            #expect(refusal.code == .storage)
            #expect(scratch.text("a") == nil)
        }
    }

    @Test func `a byte that another program wrote is noticed although more were written after it`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            try write("X", to: part.path, at: 1)
            try part.write(Array("r".utf8), at: 5)
            try part.seal()
            #expect(part.isTouched)
            _ = try failure { _ = try part.deliver(as: "a", policy: .error) }
            #expect(scratch.text("a") == nil)
        }
    }

    @Test func `a byte that was changed in place after the seal is noticed`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            // The clock of a file system may stand still for some milliseconds.
            let old = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
            #expect(unsafe utimensat(AT_FDCWD, part.path, old, 0) == 0)
            try part.seal()
            let other = unsafe open(part.path, O_WRONLY)
            defer { close(other) }
            #expect(unsafe pwrite(other, "X", 1, 0) == 1)
            let refusal = try failure { _ = try part.deliver(as: "a", policy: .error) }
            #expect(refusal.code == .storage)
        }
    }

    @Test func `a file that is longer than it should be is refused`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            try part.seal()
            _ = try failure { try part.requireUntouched(length: 4) }
            try part.requireUntouched(length: 5)
        }
    }

    @Test func `who only reads does no harm, and neither does who finds it locked`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            #expect(FileManager.default.contents(atPath: part.path)?.count == 5)
            for _ in 0..<3 {
                let refusal = try failure {
                    _ = try PartFile.open(directory: scratch.path, job: part.job, create: false)
                }
                #expect(refusal.code == .locked)
            }
            #expect(!part.isTouched)
            try part.seal()
            #expect(try part.deliver(as: "a", policy: .error) == "a")
        }
    }

    @Test func `a digest that is right after a touch makes it harmless`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            try write("w", to: part.path, at: 0)
            let touches = part.touchCount
            #expect(touches == 1)
            part.trust(touches: touches)
            #expect(!part.isTouched)
            try part.requireUntouched(length: 5)
            try write("w", to: part.path, at: 0)
            #expect(part.isTouched)
        }
    }

    @Test func `what happened to a file before it was opened again is of no interest`()
        async throws
    {
        try await Scratch.with { scratch in
            let job = JobID()
            var part: PartFile? = try scratch.part(job: job)
            let path = try #require(part).path
            try write("X", to: path, at: 0)
            part?.unlock()
            part = nil
            let again = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            #expect(!again.isTouched)
            try write("Y", to: path, at: 0)
            #expect(again.isTouched)
        }
    }

    private func write(_ text: String, to path: String, at offset: off_t) throws {
        let other = unsafe open(path, O_WRONLY)
        try #require(other >= 0)
        defer { close(other) }
        let count = unsafe pwrite(other, text, text.utf8.count, offset)
        try #require(count == text.utf8.count)
    }
}
