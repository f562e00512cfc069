import ADMDisk
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Synchronization
import Testing

@Suite struct PartFileOpeningTests {
    @Test func `opening makes the directory, its parents and a private partial file`() async throws
    {
        try await Scratch.with { scratch in
            let directory = scratch("a/b c/ü")
            let job = JobID()
            let part = try #require(
                try PartFile.open(directory: directory + "//", job: job, create: true)
            )
            #expect(part.isNew)
            #expect(part.directory == directory)
            #expect(part.path == "\(directory)/.adm-part/\(job).part")
            #expect(try part.length == 0)
            #expect(try scratch.permissions("a/b c/ü/.adm-part") == 0o700)
            #expect(try scratch.permissions("a/b c/ü/.adm-part/\(job).part") == 0o600)
        }
    }

    @Test func `the bytes are there at the next opening`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            let identity = try scratch.part("half", job: job).identity
            let again = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: true)
            )
            #expect(!again.isNew)
            #expect(again.identity == identity)
            #expect(try again.length == 4)
        }
    }

    @Test func `nothing is made where nothing is to be made`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            for directory in [scratch("no"), scratch.path] {
                let part = try PartFile.open(directory: directory, job: job, create: false)
                #expect(part == nil)
            }
            #expect(try scratch.names() == [])
        }
    }

    @Test func `a second opening in this process is refused while the first lives`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            var first: PartFile? = try scratch.part(job: job)
            let refusal = try failure {
                _ = try PartFile.open(directory: scratch.path, job: job, create: true)
            }
            #expect(refusal.code == .locked)
            #expect(refusal.message.contains("another adm process is downloading this"))
            #expect(refusal.message.contains("\(job).part"))
            #expect(first?.job == job)
            first = nil
            #expect(try PartFile.open(directory: scratch.path, job: job, create: true) != nil)
        }
    }

    @Test func `a lock of another process is respected, and freed when that is killed`()
        async throws
    {
        try await Scratch.with { scratch in
            let job = JobID()
            let path = try scratch.part(job: job).path
            // No fork: the lock must die with the one process that is killed.
            let locking = ChildProcess.onPath(
                ["flock", "--no-fork", path, "sh", "-c", "echo locked; exec cat"],
                input: .open
            )
            try await ChildProcess.run(locking) { other in
                try await other.waitForOutput(containing: "locked")
                for create in [true, false] {
                    let refusal = try failure {
                        _ = try PartFile.open(directory: scratch.path, job: job, create: create)
                    }
                    #expect(refusal.code == .locked)
                }
                let discard = try failure {
                    try PartFile.discard(directory: scratch.path, job: job)
                }
                #expect(discard.code == .locked)
                #expect(scratch.text(".adm-part/\(job).part") == "whole")
                other.kill()
                _ = try await other.wait()
            }
            #expect(try PartFile.open(directory: scratch.path, job: job, create: false) != nil)
        }
    }

    @Test
    func `openings of many jobs and removals of the empty directory do not disturb each other`()
        async throws
    {
        try await Scratch.with { scratch in
            let directory = scratch("shared")
            let failures = await Blocking.run {
                let failures = Mutex<[Failure]>([])
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    for _ in 0..<1_000 {
                        do throws(Failure) {
                            let job = JobID()
                            let part = try PartFile.open(
                                directory: directory,
                                job: job,
                                create: true
                            )
                            try part?.discard()
                        } catch {
                            failures.withLock { $0.append(error) }
                        }
                    }
                }
                return failures.withLock { $0 }
            }
            #expect(failures == [])
            let left = try scratch.names(in: "shared")
            #expect(left == [])
        }
    }

    @Test func `P7 a symbolic link as partial file is never followed`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            try scratch.makeDirectory(".adm-part")
            try scratch.write("precious", to: "victim")
            try scratch.link(".adm-part/\(job).part", to: scratch("victim"))
            let refusal = try failure {
                _ = try PartFile.open(directory: scratch.path, job: job, create: true)
            }
            #expect(refusal.code == .refused)
            #expect(scratch.text("victim") == "precious")
        }
    }

    @Test func `P7 a link, pipe, file or directory in the place of a partial file is refused`()
        async throws
    {
        try await Scratch.with { scratch in
            let job = JobID()
            let name = ".adm-part/\(job).part"
            try scratch.makeDirectory(name)
            #expect(try refusal(scratch, job).code == .refused)
            try scratch.remove(name)
            // An opening for writing would wait for a reader for ever.
            try scratch.makePipe(name)
            #expect(try refusal(scratch, job).code == .refused)
            #expect(!PartFile.exists(directory: scratch.path, job: job))
            try scratch.remove(".adm-part")
            for target in ["elsewhere", "missing"] {
                try scratch.makeDirectory("elsewhere")
                try scratch.link(".adm-part", to: scratch(target))
                let answer = try refusal(scratch, job)
                #expect(answer.code == .storage)
                #expect(answer.message == "\(scratch.path)/.adm-part is not a directory")
                try scratch.remove(".adm-part")
            }
            try scratch.write("", to: ".adm-part")
            #expect(try refusal(scratch, job).code == .storage)
            #expect(try scratch.names(in: "elsewhere") == [])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only the superuser can give files away"))
    func `P8 partial files in a directory of another user are refused`() async throws {
        try await Scratch.with { scratch in
            for name in [".adm-part", ".adm-part-0"] {
                try scratch.makeDirectory(name)
                try scratch.give(name, to: 65_534)
            }
            let answer = try refusal(scratch, JobID())
            #expect(answer.code == .refused)
            #expect(answer.message == "\(scratch.path)/.adm-part-0 belongs to another user")
            #expect(try scratch.names(in: ".adm-part") == [])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only the superuser can give files away"))
    func `users who share a directory do not shut each other out`() async throws {
        try await Scratch.with { scratch in
            try scratch.makeDirectory(".adm-part")
            try scratch.give(".adm-part", to: 65_534)
            let (job, later) = (JobID(), JobID())
            do {
                let part = try scratch.part("mine", job: job)
                #expect(part.path == scratch(".adm-part-0/\(job).part"))
                #expect(try scratch.permissions(".adm-part-0") == 0o700)
            }
            // When the other one's is gone, what was begun is still found, and nothing moves.
            try scratch.remove(".adm-part")
            #expect(PartFile.exists(directory: scratch.path, job: job))
            #expect(try PartFile.leftovers(directory: scratch.path) == [job])
            try scratch.makeDirectory(".adm-part")
            try scratch.write("later", to: ".adm-part/\(later).part")
            #expect(try Set(PartFile.leftovers(directory: scratch.path)) == [job, later])
            let found = try #require(
                try PartFile.open(directory: scratch.path, job: later, create: true)
            )
            #expect(found.path == scratch(".adm-part/\(later).part"))
            let part = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            try part.place(as: "x", replacing: false)
            #expect(scratch.text("x") == "mine")
            #expect(try scratch.names() == [".adm-part", "x"])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only the superuser can give files away"))
    func `what another user put in the place of the directory shuts nobody out`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("", to: ".adm-part")
            try scratch.give(".adm-part", to: 65_534)
            let job = JobID()
            #expect(try scratch.part(job: job).path == scratch(".adm-part-0/\(job).part"))
        }
    }

    @Test func `a partial file that got the permissions of a read-only one can be opened again`()
        async throws
    {
        try await Scratch.with { scratch in
            let job = JobID()
            do { _ = try scratch.part("whole", job: job) }
            try scratch.setPermissions(".adm-part/\(job).part", 0o444)
            let part = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            #expect(try scratch.permissions(".adm-part/\(job).part") == 0o600)
            _ = part
        }
    }

    @Test func `D11 a directory of partial files that others could write to is closed`()
        async throws
    {
        try await Scratch.with { scratch in
            try scratch.makeDirectory(".adm-part")
            try scratch.setPermissions(".adm-part", 0o777)
            _ = try scratch.part()
            #expect(try scratch.permissions(".adm-part") == 0o700)
        }
    }

    @Test func `P13 a file in the way of the directory is named`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("", to: "file")
            for directory in [scratch("file"), scratch("file/below")] {
                let answer = try failure {
                    _ = try PartFile.open(directory: directory, job: JobID(), create: true)
                }
                #expect(answer.code == .storage)
                #expect(answer.message.contains(directory))
                #expect(answer.cause == "Not a directory")
                #expect(answer.hint?.contains("--dir") == true)
            }
        }
    }

    @Test func `P13 a link that leads nowhere as directory is explained`() async throws {
        try await Scratch.with { scratch in
            try scratch.link("gone", to: scratch("unmounted"))
            let answer = try failure {
                _ = try PartFile.open(directory: scratch("gone"), job: JobID(), create: true)
            }
            #expect(answer.code == .storage)
            #expect(answer.hint == "it is a symbolic link that leads nowhere")
            #expect(try scratch.names() == ["gone"])
        }
    }

    @Test func `a link to a directory as download directory is the person's choice`() async throws {
        try await Scratch.with { scratch in
            try scratch.makeDirectory("real")
            try scratch.link("linked", to: scratch("real"))
            let part = try #require(
                try PartFile.open(directory: scratch("linked"), job: JobID(), create: true)
            )
            #expect(try part.deliver(as: "x", policy: .error) == "x")
            #expect(try scratch.names(in: "real") == ["x"])
        }
    }

    private func refusal(_ scratch: Scratch, _ job: JobID) throws -> Failure {
        try failure { _ = try PartFile.open(directory: scratch.path, job: job, create: true) }
    }
}
