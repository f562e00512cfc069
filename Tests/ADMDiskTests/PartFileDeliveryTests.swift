import ADMDisk
import ADMModel
import ADMSystem
import Foundation
import Testing

@Suite struct PartFileDeliveryTests {
    @Test func `a delivered file has its name, its bytes and nothing beside it`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("hello")
            try part.sync()
            #expect(try part.deliver(as: "a b.txt", policy: .error) == "a b.txt")
            #expect(scratch.text("a b.txt") == "hello")
            #expect(try scratch.names() == ["a b.txt"])
            #expect(
                try PartFile.isDelivered(
                    directory: scratch.path,
                    name: "a b.txt",
                    identity: part.identity
                )
            )
        }
    }

    @Test func `other partial files stay when one is delivered`() async throws {
        try await Scratch.with { scratch in
            let other = try scratch.part("other")
            _ = try scratch.part("hello").deliver(as: "x", policy: .error)
            #expect(try scratch.names() == [".adm-part", "x"])
            #expect(scratch.text(".adm-part/\(other.job).part") == "other")
        }
    }

    @Test func `P9 two jobs that want one name get two names, in order`() async throws {
        try await Scratch.with { scratch in
            let names = ["a.tar.gz", "noend", ".dots", "b.txt"]
            for text in ["1", "2", "3"] {
                for name in names {
                    _ = try scratch.part(text).deliver(as: name, policy: .rename)
                }
            }
            let expected = [
                ".dots", ".dots (1)", ".dots (2)", "a (1).tar.gz", "a (2).tar.gz", "a.tar.gz",
                "b (1).txt", "b (2).txt", "b.txt", "noend", "noend (1)", "noend (2)",
            ]
            #expect(try scratch.names() == expected)
            #expect(scratch.text("a (2).tar.gz") == "3")
            #expect(scratch.text("a.tar.gz") == "1")
        }
    }

    @Test func `P9 many deliveries at once under one name lose none`() async throws {
        try await Scratch.with { scratch in
            let parts = try (0..<24).map { try scratch.part("\($0)") }
            try await withThrowingTaskGroup { group in
                for part in parts {
                    group.addTask {
                        try await Blocking.run { () throws(Failure) in
                            try part.deliver(as: "same.bin", policy: .rename)
                        }
                    }
                }
                var names: Set<String> = []
                for try await name in group { names.insert(name) }
                #expect(names.count == 24)
                #expect(try Set(scratch.names()) == names)
                let texts = Set(names.compactMap { scratch.text($0) })
                #expect(texts == Set((0..<24).map { "\($0)" }))
            }
        }
    }

    @Test(arguments: [ConflictPolicy.error, .skip])
    func `P10 an existing file is not touched unless asked`(policy: ConflictPolicy) async throws {
        try await Scratch.with { scratch in
            try scratch.write("mine", to: "x")
            let part = try scratch.part("new")
            let refusal = try failure { _ = try part.deliver(as: "x", policy: policy) }
            #expect(refusal.code == .exists)
            #expect(refusal.message == "\(scratch.path)/x exists already")
            #expect(scratch.text("x") == "mine")
            #expect(PartFile.exists(directory: scratch.path, job: part.job))
        }
    }

    @Test func `P10 a target that appears after the name was chosen is not overwritten`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part("new")
            let name = try part.chooseName("x", policy: .rename)
            #expect(name == "x")
            try scratch.write("theirs", to: "x")
            let refusal = try failure { try part.place(as: name, replacing: false) }
            #expect(refusal.code == .exists)
            #expect(scratch.text("x") == "theirs")
            let next = try part.chooseName("x", policy: .rename)
            try part.place(as: next, replacing: false)
            #expect(scratch.text("x (1)") == "new")
            #expect(scratch.text("x") == "theirs")
        }
    }

    @Test func `P10 overwriting replaces a file, and keeps the old one until then`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("old", to: "x")
            let part = try scratch.part("new")
            #expect(try part.chooseName("x", policy: .overwrite) == "x")
            #expect(scratch.text("x") == "old")
            try part.place(as: "x", replacing: true)
            #expect(scratch.text("x") == "new")
            #expect(try scratch.names() == ["x"])
        }
    }

    @Test func `P7 overwriting replaces a symbolic link and not what it points to`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("precious", to: "victim")
            try scratch.link("x", to: scratch("victim"))
            _ = try scratch.part("new").deliver(as: "x", policy: .overwrite)
            #expect(scratch.text("victim") == "precious")
            #expect(scratch.text("x") == "new")
            let type = try FileManager.default.attributesOfItem(atPath: scratch("x"))[.type]
            #expect(type as? FileAttributeType == .typeRegular)
        }
    }

    @Test func `P7 a link that leads nowhere takes its name`() async throws {
        try await Scratch.with { scratch in
            try scratch.link("x", to: scratch("outside"))
            #expect(try scratch.part().deliver(as: "x", policy: .rename) == "x (1)")
            #expect(
                try failure { _ = try scratch.part().deliver(as: "x", policy: .error) }
                    .code == .exists
            )
            #expect(scratch.text("outside") == nil)
        }
    }

    @Test func `P7 overwriting spares directories and pipes`() async throws {
        try await Scratch.with { scratch in
            try scratch.makeDirectory("folder")
            try scratch.makePipe("pipe")
            let part = try scratch.part()
            for name in ["folder", "pipe"] {
                #expect(
                    try failure { _ = try part.chooseName(name, policy: .overwrite) }.code
                        == .exists
                )
                #expect(try failure { try part.place(as: name, replacing: true) }.code == .exists)
            }
            #expect(try part.deliver(as: "folder", policy: .rename) == "folder (1)")
            #expect(try scratch.names() == ["folder", "folder (1)", "pipe"])
        }
    }

    @Test(arguments: ["", ".", "..", "a/b", "../x", "/etc/x", "a\0b", ".adm-part", ".ADM-part"])
    func `P1 a name that is no name of a file is refused`(name: String) async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            for policy in ConflictPolicy.allCases {
                let refusal = try failure { _ = try part.chooseName(name, policy: policy) }
                #expect(refusal.code == .refused)
            }
            #expect(try failure { try part.place(as: name, replacing: true) }.code == .refused)
        }
    }

    @Test func `P4 a name too long for the file system is an error and not cut in silence`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part()
            let refusal = try failure {
                _ = try part.deliver(as: String(repeating: "x", count: 300), policy: .error)
            }
            #expect(refusal.code == .storage)
            #expect(refusal.hint == "choose a shorter name with --filename")
            let longest = String(repeating: "x", count: 251) + ".txt"
            #expect(try part.deliver(as: longest, policy: .error) == longest)
            let second = try scratch.part().deliver(as: longest, policy: .rename)
            #expect(second == String(repeating: "x", count: 247) + " (1).txt")
        }
    }

    @Test func `P8 a directory that is swapped for a link during the job leads nothing elsewhere`()
        async throws
    {
        try await Scratch.with { scratch in
            try scratch.makeDirectory("evil")
            let part = try #require(
                try PartFile.open(directory: scratch("dir"), job: JobID(), create: true)
            )
            try part.write([1, 2, 3], at: 0)
            try scratch.move("dir", to: "moved")
            try scratch.link("dir", to: scratch("evil"))
            try part.write([4], at: 3)
            for call in [
                { _ = try part.chooseName("x", policy: .error) },
                { try part.place(as: "x", replacing: false) },
            ] {
                let refusal = try failure(call)
                #expect(refusal.code == .storage)
                #expect(refusal.message.contains("was moved, removed or replaced"))
            }
            #expect(try scratch.names(in: "evil") == [])
            #expect(try scratch.names(in: "moved/.adm-part") == ["\(part.job).part"])
            try scratch.remove("dir")
            try scratch.move("moved", to: "dir")
            try part.place(as: "x", replacing: false)
            #expect(try scratch.names(in: "dir") == ["x"])
        }
    }

    @Test func `D8 a directory that is removed during the job is an error`() async throws {
        try await Scratch.with { scratch in
            let part = try #require(
                try PartFile.open(directory: scratch("dir"), job: JobID(), create: true)
            )
            try scratch.remove("dir")
            try part.write([1], at: 0)
            #expect(try failure { _ = try part.deliver(as: "x", policy: .rename) }.code == .storage)
            #expect(try scratch.names() == [])
        }
    }

    @Test func `D9 a partial file that another program replaced is not delivered`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("ours")
            let name = ".adm-part/\(part.job).part"
            try scratch.remove(name)
            try scratch.write("theirs", to: name)
            let refusal = try failure { _ = try part.deliver(as: "x", policy: .error) }
            #expect(refusal.code == .storage)
            #expect(refusal.message.contains("replaced by another program"))
            try part.discard()
            #expect(scratch.text(name) == "theirs")
            #expect(try scratch.names() == [".adm-part"])
        }
    }

    @Test func `P12 a delivered file is never executable`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("#!/bin/sh")
            try scratch.setPermissions(".adm-part/\(part.job).part", 0o777)
            _ = try part.deliver(as: "a.pdf.exe", policy: .error)
            #expect(try scratch.permissions("a.pdf.exe") & 0o111 == 0)
        }
    }

    @Test(arguments: [0o600, 0o640, 0o444, 0o755, 0o666])
    func `a file that is replaced leaves its permissions to the next one`(mode: Int) async throws {
        try await Scratch.with { scratch in
            try scratch.write("old", to: "x")
            try scratch.setPermissions("x", mode)
            _ = try scratch.part("new").deliver(as: "x", policy: .overwrite)
            #expect(scratch.text("x") == "new")
            #expect(try scratch.permissions("x") == mode)
        }
    }

    @Test func `permissions beyond reading, writing and running are not taken over`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("old", to: "x")
            try scratch.setPermissions("x", 0o6711)
            _ = try scratch.part("new").deliver(as: "x", policy: .overwrite)
            #expect(try scratch.permissions("x") == 0o711)
        }
    }

    @Test func `a link that is replaced says nothing about permissions`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("private", to: "target")
            try scratch.setPermissions("target", 0o600)
            try scratch.link("x", to: scratch("target"))
            _ = try scratch.part("new").deliver(as: "x", policy: .overwrite)
            _ = try scratch.part("new").deliver(as: "y", policy: .overwrite)
            #expect(try scratch.permissions("x") == scratch.permissions("y"))
            #expect(scratch.text("target") == "private")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only the superuser can give files away"))
    func `the superuser leaves a file to its owner, also after a crash in between`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("old", to: "x")
            try scratch.give("x", to: 4711)
            let job = JobID()
            do {
                let part = try scratch.part("new", job: job)
                try scratch.give(".adm-part/\(job).part", to: 4711)
                _ = part
            }
            let part = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            try part.place(as: "x", replacing: true)
            let owner = try FileManager.default.attributesOfItem(atPath: scratch("x"))
            #expect(owner[.ownerAccountID] as? Int == 4711)
            #expect(scratch.text("x") == "new")
        }
    }
}
