import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// What a process leaves that dies: who comes next finds its jobs as they were.
@Suite(.timeLimit(.minutes(1))) struct LeftoverTests {
    private static let file = TestFile("/file.bin", length: 300_000, seed: 4)

    /// Does something to the database as a process that dies then.
    private func dying(
        _ rig: JobRig,
        _ body: @Sendable (Catalog, LivenessLock) async throws -> Void
    ) async throws {
        // The workspace is made by whoever opens it first.
        try await rig.open { _ in }
        let layout = rig.layout
        let holder = try LivenessLock(in: layout)
        let catalog = try await Catalog.open(
            layout.workspace(.standard),
            home: layout,
            holder: holder
        )
        do { try await body(catalog, holder) } catch {
            await catalog.close()
            holder.end()
            throw error
        }
        await catalog.close()
        holder.end()
    }

    private func claim(
        _ rig: JobRig,
        _ catalog: Catalog,
        _ holder: LivenessLock
    ) async throws
        -> Claim
    {
        let request = JobRequest(url: try rig.url(Self.file.path))
        // Nobody else takes it before it is claimed.
        let prepared = try PreparedJob.prepare(
            [JobDraft(request)],
            foregroundOwner: holder.id,
            directory: { _ in rig.directory }
        )
        let job = try #require(try await catalog.queue.add(prepared).first).job
        return try #require(try await catalog.queue.claim(number: job.number, owner: holder.id))
    }

    /// Records that a file is on its way to its final name.
    private func finalize(_ claim: Claim, _ catalog: Catalog, path: String) async throws {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        let validators = Validators(entityTag: "\"4-0\"", length: Self.file.length)
        let head = RemoteFile(url: claim.job.request.url, validators: validators)
        let target = FinalTarget(
            fileName: "file.bin",
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            size: Self.file.length
        )
        let outcome = try await catalog.recorder.finalizing(
            claim,
            target: target,
            verification: nil,
            head: head
        )
        guard case .recorded = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    private func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    @Test func `who asks for a file that was moved before the death gets it without a request`()
        async throws
    {
        try await JobRig.with([Self.file]) { rig in
            try await dying(rig) { catalog, holder in
                let claim = try await claim(rig, catalog, holder)
                try makeDirectory(rig.directory)
                try Self.file.body.write(to: rig.path("file.bin"))
                try await finalize(claim, catalog, path: rig.path("file.bin"))
            }
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                #expect(outcome.completion?.destinationPath == rig.path("file.bin"))
                #expect(try await bench.states() == [1: .succeeded])
                #expect(try await bench.history() == ["queued", "started", "completed"])
                #expect(rig.server.requests().isEmpty)
            }
        }
    }

    @Test func `a whole part file gets its name without a request`() async throws {
        try await JobRig.with([Self.file]) { rig in
            try await dying(rig) { catalog, holder in
                let claim = try await claim(rig, catalog, holder)
                try makeDirectory(rig.path(".adm-part"))
                let part = rig.path(".adm-part/\(claim.job.id).part")
                try Self.file.body.write(to: part)
                try await finalize(claim, catalog, path: part)
            }
            try await rig.open { bench in
                try await bench.drain()
                #expect(try await bench.job().state == .succeeded)
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(rig.saved() == ["file.bin"])
                #expect(rig.server.requests().isEmpty)
            }
        }
    }

    @Test func `a queue that is run takes over what another process leaves meanwhile`()
        async throws
    {
        try await JobRig.with([Self.file, stallingFile("/other.bin")]) { rig in
            try await rig.open { bench in
                try await bench.enqueue("/other.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/other.bin")
                    try await dying(rig) { catalog, holder in
                        _ = try await claim(rig, catalog, holder)
                    }
                    try await bench.eventually {
                        try await bench.job(2).state == .succeeded ? true : nil
                    }
                }
                #expect(try rig.isRight("file.bin", "/file.bin"))
            }
        }
    }

    @Test func `a job that processes died with runs alone, and has company when it gains bytes`()
        async throws
    {
        let files = [stallingFile(), TestFile("/next.bin", length: 1000, seed: 9)]
        try await JobRig.with(files) { rig in
            try await rig.open { try await $0.enqueue("/file.bin") }
            for _ in 0..<2 {
                try await dying(rig) { catalog, holder in
                    _ = try await catalog.queue.claim(number: 1, owner: holder.id)
                }
                try await rig.open { _ in }
            }
            try await rig.open { bench in
                try await bench.enqueue("/next.bin")
                try await bench.draining {
                    try await rig.server.waitUntilStalled(path: "/file.bin")
                    // It has no bytes yet that are safe; with the first ones the suspicion ends.
                    try await bench.eventually {
                        try await bench.job(2).state == .succeeded ? true : nil
                    }
                    #expect(try await bench.job(1).bytesDone > 0)
                    rig.server.release("/file.bin")
                    try await bench.eventually {
                        try await bench.job(1).state == .succeeded ? true : nil
                    }
                }
            }
        }
    }
}
