import ADMCatalog
import ADMModel
import ADMSystem
import Foundation
import Glibc
import Testing

@testable import ADMScheduling

/// Jobs whose process died, wherever that left them.
@Suite(.timeLimit(.minutes(1))) struct DeadOwnerTests {
    private static let bytes = Data("the whole file".utf8)
    private static let length = Int64(bytes.count)

    /// A database with a job of a process that is about to die, and a directory for its file.
    private struct Scene {
        let root: String
        let catalog: Catalog
        let living: LivenessLock
        let mortal: LivenessLock

        var directory: String { root + "/saved" }
        func path(_ name: String) -> String { directory + "/" + name }
        func part(_ job: Job) -> String { path(".adm-part/\(job.id).part") }

        func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

        func add(_ name: String) async throws -> Job {
            let request = JobRequest(url: try SourceURL("https://example.org/\(name)"))
            let directory = directory
            let jobs = try PreparedJob.prepare([JobDraft(request)]) { _ in directory }
            return try #require(try await catalog.queue.add(jobs).first).job
        }

        /// Adds a job that the mortal process runs.
        func running(_ name: String = "a") async throws -> Claim {
            let job = try await add(name)
            return try #require(
                try await catalog.queue.claim(number: job.number, owner: mortal.id)
            )
        }

        /// Writes the part file of a job, and says which one it is.
        func makePart(_ job: Job) throws -> (device: UInt64, inode: UInt64) {
            try FileManager.default.createDirectory(
                atPath: path(".adm-part"),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try DeadOwnerTests.bytes.write(to: URL(fileURLWithPath: part(job)))
            var status = stat()
            try #require(unsafe stat(part(job), &status) == 0)
            return (UInt64(status.st_dev), UInt64(status.st_ino))
        }

        /// Adds a job whose file the mortal process is about to move to a name.
        func finalizing(_ name: String = "a") async throws -> Claim {
            let claim = try await running(name)
            let file = try makePart(claim.job)
            let target = FinalTarget(
                fileName: name,
                device: file.device,
                inode: file.inode,
                size: DeadOwnerTests.length
            )
            _ = try await catalog.recorder.finalizing(claim, target: target, verification: nil)
            return claim
        }

        func takeOver() async throws -> (events: [JobEvent], finished: [Job]) {
            try await DeadOwners.takeOver(catalog, owner: living.id)
        }

        func job(_ claim: Claim) async throws -> Job {
            try #require(try await catalog.list.job(number: claim.number))
        }
    }

    private func with(_ body: (Scene) async throws -> Void) async throws {
        let base = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
        let root = base + "/adm-dead-" + UUID().uuidString.prefix(8)
        let layout = HomeLayout(root: root + "/home")
        let workspace = layout.workspace(.standard)
        for directory in [workspace.root, root + "/saved"] {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        defer { try? FileManager.default.removeItem(atPath: root) }
        let living = try LivenessLock(in: layout)
        let mortal = try LivenessLock(in: layout)
        let catalog = try await Catalog.open(workspace, home: layout, holder: living)
        do {
            try await body(
                Scene(root: root, catalog: catalog, living: living, mortal: mortal)
            )
            await catalog.close()
        } catch {
            await catalog.close()
            throw error
        }
        mortal.end()
        living.end()
    }

    // MARK: - Jobs that ran

    @Test func `what living processes run is theirs`() async throws {
        try await with { scene in
            let claim = try await scene.running()
            let taken = try await scene.takeOver()
            #expect(taken.events.isEmpty && taken.finished.isEmpty)
            #expect(try await scene.job(claim).state == .running)
        }
    }

    @Test func `a job that ran is ready again and keeps its part file`() async throws {
        try await with { scene in
            let claim = try await scene.running()
            _ = try scene.makePart(claim.job)
            let file = RemoteFile(
                url: claim.job.request.url,
                validators: Validators(entityTag: "\"1\"", length: 1000)
            )
            _ = try await scene.catalog.recorder.recordHead(claim, file, fileName: "a")
            scene.mortal.end()
            let taken = try await scene.takeOver()
            #expect(taken.events.isEmpty && taken.finished.isEmpty)
            let job = try await scene.job(claim)
            #expect(job.state == .ready && job.bytesTotal == 1000)
            let kept = try Data(contentsOf: URL(fileURLWithPath: scene.part(job)))
            #expect(kept == Self.bytes)
        }
    }

    @Test(arguments: [QueueAction.pause, .cancel])
    func `what somebody had asked of it is done`(action: QueueAction) async throws {
        try await with { scene in
            let claim = try await scene.running()
            let selection = JobSelection(numbers: [claim.number])
            let step = try await scene.catalog.control.apply(action, to: selection)
            #expect(step.owners == [scene.mortal.id])
            scene.mortal.end()
            let taken = try await scene.takeOver()
            let job = try await scene.job(claim)
            if action == .pause {
                #expect(job.state == .paused && job.pausedBy == .person)
            } else {
                #expect(job.state == .cancelled)
                #expect(taken.events.map(\.kind) == [.cancelled(from: .running)])
            }
        }
    }

    @Test func `one that ran alone is given up, and its part file is worth nothing`()
        async throws
    {
        try await with { scene in
            let job = try await scene.add("a")
            let taken = try await scene.catalog.queue.claimAlone(
                number: job.number,
                owner: scene.mortal.id
            )
            let claim = try #require(taken.claims.first)
            _ = try scene.makePart(job)
            scene.mortal.end()
            let events = try await scene.takeOver().events
            #expect(events.map(\.name) == ["download.failed"])
            let failed = try await scene.job(claim)
            #expect(failed.state == .failed && failed.failure?.code == .poison)
            #expect(!scene.exists(scene.part(job)))
        }
    }

    // MARK: - Jobs that were being moved

    @Test func `a file that has its name is done, and only the record was missing`() async throws {
        try await with { scene in
            let claim = try await scene.finalizing()
            try FileManager.default.moveItem(
                atPath: scene.part(claim.job),
                toPath: scene.path("a")
            )
            scene.mortal.end()
            let taken = try await scene.takeOver()
            #expect(taken.finished.map(\.number) == [claim.number])
            guard case .completed(let completion)? = taken.events.first?.kind else {
                Issue.record("\(taken.events)")
                return
            }
            #expect(completion.destinationPath == scene.path("a"))
            #expect(completion.totalBytes == Self.length)
            #expect(completion.averageSpeed == 0 && completion.verification == nil)
            let job = try await scene.job(claim)
            #expect(job.state == .succeeded && job.destination == scene.path("a"))
            let again = try await scene.takeOver()
            #expect(again.events.isEmpty && again.finished.isEmpty)
        }
    }

    @Test func `the seconds of the transfer count for its speed`() async throws {
        try await with { scene in
            let claim = try await scene.running()
            _ = try await scene.catalog.recorder.checkpoint(
                claim,
                segments: SegmentMap([ByteRange(0, 1)]),
                bytesDone: 1,
                transferSeconds: 2
            )
            let file = try scene.makePart(claim.job)
            let target = FinalTarget(
                fileName: "a",
                device: file.device,
                inode: file.inode,
                size: Self.length
            )
            var ended = claim
            ended.job.transferSeconds = 2
            _ = try await scene.catalog.recorder.finalizing(
                ended,
                target: target,
                verification: nil
            )
            try FileManager.default.moveItem(
                atPath: scene.part(claim.job),
                toPath: scene.path("a")
            )
            scene.mortal.end()
            let taken = try await scene.takeOver()
            guard case .completed(let completion)? = taken.events.first?.kind else {
                Issue.record("\(taken.events)")
                return
            }
            #expect(completion.elapsedSeconds == 2)
            #expect(completion.averageSpeed == Double(Self.length) / 2)
        }
    }

    @Test func `a file with both names keeps the final one`() async throws {
        try await with { scene in
            let claim = try await scene.finalizing()
            try FileManager.default.linkItem(
                atPath: scene.part(claim.job),
                toPath: scene.path("a")
            )
            scene.mortal.end()
            #expect(try await scene.takeOver().finished.map(\.number) == [claim.number])
            #expect(scene.exists(scene.path("a")))
            #expect(!scene.exists(scene.path(".adm-part")))
        }
    }

    @Test func `a file that is still the part file goes back with all its bytes`() async throws {
        try await with { scene in
            let claim = try await scene.finalizing()
            scene.mortal.end()
            let taken = try await scene.takeOver()
            #expect(taken.events.isEmpty && taken.finished.isEmpty)
            let job = try await scene.job(claim)
            #expect(job.state == .ready && job.bytesDone == Self.length)
            let next = try #require(
                try await scene.catalog.queue.claim(number: job.number, owner: scene.living.id)
            )
            #expect(next.segments == SegmentMap([ByteRange(0, Self.length)]))
            #expect(scene.exists(scene.part(job)))
        }
    }

    @Test func `a file that is gone fails its job, and nothing of it counts as there`()
        async throws
    {
        try await with { scene in
            let claim = try await scene.finalizing()
            try FileManager.default.removeItem(atPath: scene.part(claim.job))
            // Another file of that name is not it.
            try Data("mine".utf8).write(to: URL(fileURLWithPath: scene.path("a")))
            scene.mortal.end()
            let taken = try await scene.takeOver()
            #expect(taken.events.map(\.name) == ["download.failed"])
            #expect(taken.finished.isEmpty)
            let job = try await scene.job(claim)
            #expect(job.state == .failed && job.bytesDone == 0)
            #expect(job.failure?.code == .storage)
            let message = "the file of job 1 is gone from \(scene.directory)"
            #expect(job.failure?.message == message)
            #expect(job.failure?.hint == "adm resume 1 fetches it again")
        }
    }

    @Test func `a file that cannot be reached now leaves its job alone, and no other`()
        async throws
    {
        try await with { scene in
            let first = try await scene.finalizing("a")
            let second = try await scene.finalizing("b")
            try FileManager.default.moveItem(
                atPath: scene.part(second.job),
                toPath: scene.path("b")
            )
            // Somebody else has it locked.
            let file = unsafe open(scene.part(first.job), O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            try #require(flock(file, LOCK_EX) == 0)
            scene.mortal.end()
            let taken = try await scene.takeOver()
            #expect(taken.finished.map(\.number) == [second.number])
            #expect(taken.events.map(\.number) == [second.number])
            #expect(try await scene.job(first).state == .finalizing)
            #expect(scene.exists(scene.part(first.job)))
        }
    }

    @Test func `of two that take over at once one finishes the file`() async throws {
        try await with { scene in
            let claim = try await scene.finalizing()
            try FileManager.default.moveItem(
                atPath: scene.part(claim.job),
                toPath: scene.path("a")
            )
            scene.mortal.end()
            let catalog = scene.catalog
            let owner = scene.living.id
            async let first = DeadOwners.takeOver(catalog, owner: owner)
            async let second = DeadOwners.takeOver(catalog, owner: owner)
            let events = try await first.events + second.events
            #expect(events.map(\.name) == ["download.completed"])
            #expect(try await scene.job(claim).state == .succeeded)
        }
    }

    @Test func `a move that a process could not see through is finished by the same process`()
        async throws
    {
        try await with { scene in
            let claim = try await scene.finalizing()
            // Nobody else may do that, nor a second one in the same process meanwhile.
            for (owner, isOwn) in [(scene.living.id, true), (scene.mortal.id, false)] {
                let refused = try await DeadOwners.finish(
                    claim.number,
                    scene.catalog,
                    owner: owner,
                    includingOwn: isOwn
                )
                #expect(refused.job == nil && refused.events.isEmpty)
            }
            let taken = try await DeadOwners.finish(
                claim.number,
                scene.catalog,
                owner: scene.mortal.id,
                includingOwn: true
            )
            #expect(taken.job?.state == .ready && scene.exists(scene.part(claim.job)))
            // The run that gave up has no say any more.
            #expect(
                try await scene.catalog.recorder.failed(claim, failure: Failure(.storage, "x"))
                    == nil
            )
        }
    }
}
