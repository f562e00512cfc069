import ADMDisk
import ADMModel
import ADMSystem
import Foundation
import Testing

/// The crash points of a completion: each test makes the state that a crash leaves on disk.
@Suite struct RecoveryTests {
    @Test func `a crash before the rename leaves the partial file to be delivered`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            let identity = try {
                let part = try scratch.part(job: job)
                try part.sync()
                _ = try part.chooseName("x", policy: .rename)
                return part.identity
            }()
            #expect(try !delivered(scratch, "x", identity))
            #expect(PartFile.exists(directory: scratch.path, job: job))
            let again = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            #expect(again.identity == identity)
            try again.place(as: "x", replacing: false)
            #expect(try delivered(scratch, "x", identity))
        }
    }

    @Test func `a crash after the rename is recognised by the file itself`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("whole")
            try part.place(as: "x", replacing: false)
            #expect(try delivered(scratch, "x", part.identity))
            #expect(try delivered(scratch, "x", part.identity, length: 5))
            #expect(try !delivered(scratch, "x", part.identity, length: 6))
            #expect(!PartFile.exists(directory: scratch.path, job: part.job))
        }
    }

    @Test func `placing again after a success changes nothing`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("whole")
            try part.place(as: "x", replacing: false)
            try part.place(as: "x", replacing: false)
            try part.place(as: "x", replacing: true)
            try part.discard()
            #expect(scratch.text("x") == "whole")
            #expect(try scratch.names() == ["x"])
        }
    }

    @Test func `a file system numbered again at boot does not hide a delivery of known length`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part("whole")
            try part.place(as: "x", replacing: false)
            var identity = part.identity
            identity.device += 1
            #expect(try !delivered(scratch, "x", identity))
            #expect(try delivered(scratch, "x", identity, length: 5))
            identity.inode += 1
            #expect(try !delivered(scratch, "x", identity, length: 5))
        }
    }

    @Test(arguments: [true, false])
    func `a crash between the two names of a link leaves one name`(replacing: Bool) async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            let identity = try scratch.part(job: job).identity
            try FileManager.default.linkItem(
                atPath: scratch(".adm-part/\(job).part"),
                toPath: scratch("x")
            )
            #expect(try delivered(scratch, "x", identity))
            let part = try #require(
                try PartFile.open(directory: scratch.path, job: job, create: false)
            )
            #expect(try part.chooseName("x", policy: .rename) == "x")
            try part.place(as: "x", replacing: replacing)
            #expect(try scratch.names() == ["x"])
            #expect(scratch.text("x") == "whole")
        }
    }

    @Test func `another's file under the recorded name is not taken for the delivery`()
        async throws
    {
        try await Scratch.with { scratch in
            let part = try scratch.part("whole")
            try scratch.write("whole", to: "x")
            try scratch.link("link", to: part.path)
            try scratch.makeDirectory("folder")
            for name in ["x", "link", "folder", "missing", "", "..", "../x", "a\0b"] {
                #expect(try !delivered(scratch, name, part.identity))
            }
            #expect(
                try !PartFile.isDelivered(
                    directory: scratch("gone"),
                    name: "x",
                    identity: part.identity
                )
            )
        }
    }

    @Test func `leftovers are the jobs that have a partial file, in their order`() async throws {
        try await Scratch.with { scratch in
            #expect(try PartFile.leftovers(directory: scratch.path) == [])
            #expect(try PartFile.leftovers(directory: scratch("gone")) == [])
            let jobs = (0..<5).map { JobID(now: Date(timeIntervalSince1970: Double($0))) }
            for job in jobs.shuffled() { _ = try scratch.part(job: job) }
            try scratch.write("", to: ".adm-part/notes.txt")
            try scratch.write("", to: ".adm-part/nonsense.part")
            #expect(try PartFile.leftovers(directory: scratch.path) == jobs)
            for job in jobs { try PartFile.discard(directory: scratch.path, job: job) }
            #expect(try PartFile.leftovers(directory: scratch.path) == [])
            #expect(try scratch.names(in: ".adm-part") == ["nonsense.part", "notes.txt"])
        }
    }

    @Test func `discarding removes the file and the directory that it leaves empty`() async throws {
        try await Scratch.with { scratch in
            let job = JobID()
            _ = try scratch.part(job: job)
            #expect(try scratch.names() == [".adm-part"])
            try PartFile.discard(directory: scratch.path, job: job)
            #expect(try scratch.names() == [])
            try PartFile.discard(directory: scratch.path, job: job)
            try PartFile.discard(directory: scratch("gone"), job: job)
            #expect(try scratch.names() == [])
        }
    }

    @Test func `the directory of a delivery can be synced, unless it is gone`() async throws {
        try await Scratch.with { scratch in
            try PartFile.syncDirectory(scratch.path)
            let refusal = try failure { try PartFile.syncDirectory(scratch("gone")) }
            #expect(refusal.code == .storage)
            #expect(refusal.message.contains(scratch("gone")))
        }
    }

    @Test func `an identity survives the way through a database`() throws {
        let identity = FileIdentity(device: -3, inode: .max)
        let data = try JSONEncoder().encode(identity)
        #expect(try JSONDecoder().decode(FileIdentity.self, from: data) == identity)
    }

    private func delivered(
        _ scratch: Scratch,
        _ name: String,
        _ identity: FileIdentity,
        length: Int64? = nil
    ) throws -> Bool {
        try PartFile.isDelivered(
            directory: scratch.path,
            name: name,
            identity: identity,
            length: length
        )
    }
}
