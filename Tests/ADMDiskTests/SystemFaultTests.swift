import ADMDisk
import ADMModel
import Foundation
import Testing

/// Faults that concern a whole process: each test runs in one of its own.
@Suite struct SystemFaultTests {
    @Test func `D2 after a failed sync nothing is taken for safe any more`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                let part = try scratch.part("bytes")
                // Only the other thread's calls fail: here the next fdatasync would succeed, as it
                // does on a disk whose kernel has dropped the lost pages.
                let thread = Thread {
                    do {
                        try SystemFault.inject(.fdatasync, EIO)
                        let refusal = try failure { try part.sync() }
                        #expect(refusal.code == .storage)
                        #expect(refusal.message == "cannot make \(part.path) durable")
                        #expect(
                            refusal.hint
                                == "the disk reports an error; check it before you try again"
                        )
                    } catch {
                        Issue.record(error)
                    }
                }
                thread.start()
                while !thread.isFinished { await Task.yield() }
                #expect(try failure { try part.sync() }.code == .storage)
                let refusal = try failure { _ = try part.deliver(as: "x", policy: .error) }
                #expect(refusal.message == "the disk failed to keep bytes of \(part.path)")
                #expect(scratch.text("x") == nil)
                #expect(scratch.text(".adm-part/\(part.job).part") == "bytes")
            }
        }
    }

    @Test func `P9 without a rename that spares, the second name is as safe`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                try SystemFault.inject(.renameat2, EIO)
                // The fault is in effect: the call is the one that delivers.
                #expect(
                    try failure { try scratch.part().place(as: "x", replacing: false) }
                        .code == .storage
                )
                try SystemFault.inject(.renameat2, EINVAL)
                try scratch.write("mine", to: "x")
                #expect(
                    try failure { try scratch.part().place(as: "x", replacing: false) }
                        .code == .exists
                )
                #expect(scratch.text("x") == "mine")
                #expect(try scratch.part("new").deliver(as: "x", policy: .rename) == "x (1)")
                #expect(scratch.text("x (1)") == "new")
                #expect(try scratch.part("newer").deliver(as: "x", policy: .overwrite) == "x")
                #expect(scratch.text("x") == "newer")
            }
        }
    }

    @Test func `P9 P11 without second names too, a file still never replaces another`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                let part = try scratch.part("new")
                try SystemFault.inject(.renameat2, ENOSYS)
                try SystemFault.inject(.linkat, EIO)
                // The faults are in effect: without both calls nothing is delivered.
                #expect(try failure { try part.place(as: "x", replacing: false) }.code == .storage)
                try SystemFault.inject(.linkat, EPERM)
                try scratch.write("mine", to: "x")
                #expect(try failure { try part.place(as: "x", replacing: false) }.code == .exists)
                #expect(scratch.text("x") == "mine")
                #expect(try part.deliver(as: "x", policy: .rename) == "x (1)")
                #expect(scratch.text("x (1)") == "new")
                _ = try scratch.part("second").deliver(as: "y", policy: .error)
                #expect(try scratch.names().filter { !$0.hasPrefix(".") } == ["x", "x (1)", "y"])
                #expect(try scratch.permissions("y") & 0o600 == 0o600)
            }
        }
    }

    @Test func `D3 a file larger than the process may write is an error and no death`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                SystemFault.ignore(SIGXFSZ)
                try SystemFault.limit(RLIMIT_FSIZE, to: 1_000)
                let part = try scratch.part("small")
                let bytes = [UInt8](repeating: 1, count: 2_000)
                let refusal = try failure { try part.write(bytes, at: 0) }
                #expect(refusal.code == .storage)
                #expect(refusal.cause == "File too large")
                #expect(try part.length == 1_000)
            }
        }
    }

    @Test func `D11 a mask that hides everything from others hides downloads too`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                umask(0o077)
                _ = try scratch.part().deliver(as: "private", policy: .error)
                umask(0o002)
                _ = try scratch.part().deliver(as: "group", policy: .error)
                umask(0)
                let all = try #require(
                    try PartFile.open(directory: scratch("new"), job: JobID(), create: true)
                )
                #expect(try scratch.permissions("new") == 0o777)
                #expect(try scratch.permissions("new/.adm-part") == 0o700)
                #expect(try scratch.permissions("new/.adm-part/\(all.job).part") == 0o600)
                _ = try all.deliver(as: "all", policy: .error)
                #expect(try scratch.permissions("private") == 0o600)
                #expect(try scratch.permissions("group") == 0o664)
                #expect(try scratch.permissions("new/all") == 0o666)
            }
        }
    }

    @Test func `P13 a directory that may not be written to is named before the download`() async {
        await #expect(processExitsWith: .success) {
            // The superuser may write anywhere.
            if geteuid() == 0 { try #require(setgid(65_534) == 0 && setuid(65_534) == 0) }
            try await Scratch.with { scratch in
                try scratch.makeDirectory("closed")
                try scratch.setPermissions("closed", 0o555)
                for directory in [scratch("closed"), scratch("closed/new")] {
                    let refusal = try failure {
                        _ = try PartFile.open(directory: directory, job: JobID(), create: true)
                    }
                    #expect(refusal.code == .storage)
                    #expect(refusal.message.contains(directory))
                    #expect(refusal.cause == "Permission denied")
                    #expect(refusal.hint?.contains("--dir") == true)
                }
                #expect(try scratch.names(in: "closed") == [])
            }
        }
    }

    @Test func `a file that is delivered between its opening and its locking is left alone`() async
    {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                let job = JobID()
                _ = try scratch.part("delivered by another", job: job)
                // The handler knows no job: it works in the current directory.
                let isThere = FileManager.default.changeCurrentDirectoryPath(scratch.path)
                try #require(isThere)
                try scratch.link("part", to: ".adm-part/\(job).part")
                try SystemFault.replace(.flock) { _ in
                    guard
                        let target = try? FileManager.default.destinationOfSymbolicLink(
                            atPath: "part"
                        )
                    else { return }
                    try? FileManager.default.moveItem(atPath: target, toPath: "x")
                    try? FileManager.default.removeItem(atPath: "part")
                }
                let part = try #require(
                    try PartFile.open(directory: scratch.path, job: job, create: true)
                )
                #expect(scratch.text("x") == "delivered by another")
                #expect(part.isNew)
                try part.write(Array("next".utf8), at: 0)
                #expect(scratch.text("x") == "delivered by another")
                #expect(scratch.text(".adm-part/\(job).part") == "next")
            }
        }
    }

    @Test func `D4 too many open files is an error that says what to do`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                _ = try SystemFault.leaveDescriptors(64)
                var parts: [PartFile] = []
                let refusal = try failure {
                    for _ in 0..<64 { parts.append(try scratch.part()) }
                }
                #expect(refusal.hint?.contains("too many files are open") == true)
                #expect(parts.count > 10)
                parts.removeAll()
                #expect(try scratch.part().length == 5)
            }
        }
    }

    @Test func `D4 a directory that cannot be looked into makes no delivered file lost`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                let part = try scratch.part("hello")
                _ = try part.deliver(as: "x", policy: .error)
                let last = try SystemFault.leaveDescriptors(0)
                let unknown = try failure {
                    _ = try PartFile.isDelivered(
                        directory: scratch.path,
                        name: "x",
                        identity: part.identity
                    )
                }
                #expect(unknown.hint?.contains("too many files are open") == true)
                close(last)
                let isThere = try PartFile.isDelivered(
                    directory: scratch.path,
                    name: "x",
                    identity: part.identity
                )
                #expect(isThere)
            }
        }
    }
}
