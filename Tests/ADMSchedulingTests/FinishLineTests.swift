import ADMCatalog
import ADMDisk
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Synchronization
import Testing

@testable import ADMScheduling

/// Whole files on their way to their final names, many at a time.
@Suite(.timeLimit(.minutes(1))) struct FinishLineTests {
    /// A database whose jobs this process runs, and a directory for their files.
    private struct Scene {
        let root: String
        let catalog: Catalog
        let holder: LivenessLock
        let published = Published()
        var line: FinishLine {
            FinishLine(catalog.recorder) { [published] in published.add($0) }
        }

        func path(_ name: String) -> String { "\(root)/\(name)" }
        func text(_ name: String) -> String? {
            (try? Data(contentsOf: URL(filePath: path(name)))).map {
                String(decoding: $0, as: UTF8.self)
            }
        }

        /// A job that runs, with a file that is whole.
        func whole(_ name: String, policy: ConflictPolicy = .error) async throws -> FinishLine.Item
        {
            let request = JobRequest(url: try SourceURL("https://example.org/\(UUID())/\(name)"))
            let jobs = try PreparedJob.prepare([JobDraft(request)]) { _ in root }
            let job = try #require(try await catalog.queue.add(jobs).first).job
            let claim = try #require(
                try await catalog.queue.claim(number: job.number, owner: holder.id)
            )
            let part = try #require(
                try PartFile.open(directory: root, job: job.id, create: true)
            )
            try unsafe part.write(Array(name.utf8).span.bytes, at: 0)
            let length = Int64(name.utf8.count)
            return FinishLine.Item(
                claim: claim,
                part: part,
                length: length,
                name: name,
                policy: policy,
                verification: nil,
                head: RemoteFile(url: job.request.url, validators: Validators(length: length)),
                completion: { [root] in
                    JobEvent.Completion(
                        destinationPath: "\(root)/\($0)",
                        totalBytes: length,
                        elapsedSeconds: 1,
                        averageSpeed: Double(length),
                        verification: nil
                    )
                }
            )
        }

        func state(_ item: FinishLine.Item) async throws -> JobState? {
            try await catalog.list.job(number: item.claim.number)?.state
        }
    }

    /// The events that were told.
    private final class Published: Sendable {
        private let events = Mutex<[JobEvent]>([])
        var all: [JobEvent] { events.withLock { $0 } }
        func add(_ more: [JobEvent]) { events.withLock { $0 += more } }
    }

    private static func with(_ body: (Scene) async throws -> Void) async throws {
        try await withTemporaryDirectory { base in
            let home = HomeLayout(root: base + "/home")
            let layout = home.workspace(.standard)
            for path in [layout.root, base + "/saved"] {
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
            }
            let holder = try LivenessLock(in: home)
            let catalog = try await Catalog.open(layout, home: home, holder: holder)
            try await body(Scene(root: base + "/saved", catalog: catalog, holder: holder))
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
            holder.end()
        }
    }

    private static func finish(
        _ items: [FinishLine.Item],
        in scene: Scene
    ) async -> [FinishLine.Outcome] {
        let line = scene.line
        return await withTaskGroup(of: (Int, FinishLine.Outcome).self) { group in
            for (index, item) in items.enumerated() {
                group.addTask { (index, await line.finish(item)) }
            }
            var outcomes: [Int: FinishLine.Outcome] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return items.indices.map { outcomes[$0] ?? .lost }
        }
    }

    @Test(arguments: [1, 5, 40])
    func `files that come together all get their names, and every event its number`(
        count: Int
    ) async throws {
        try await FinishLineTests.with { scene in
            var items: [FinishLine.Item] = []
            for index in 0..<count { items.append(try await scene.whole("file-\(index)")) }
            let last = try await scene.catalog.list.lastEvent()
            let outcomes = await FinishLineTests.finish(items, in: scene)
            for (item, outcome) in zip(items, outcomes) {
                guard case .succeeded(let name, let completion, _) = outcome else {
                    Issue.record("\(item.name): \(outcome)")
                    continue
                }
                #expect(name == item.name)
                #expect(completion.destinationPath == scene.path(name))
                #expect(scene.text(name) == name)
                let job = try #require(try await scene.catalog.list.job(number: item.claim.number))
                #expect(job.state == .succeeded)
                #expect(job.finalURL == item.head?.url)
                #expect(job.bytesDone == item.length)
                #expect(job.deliveredInode == item.part.identity.inode)
            }
            #expect(!FileManager.default.fileExists(atPath: scene.path(".adm-part")))
            // Each tells of its beginning and its end, the beginning first.
            let events = try await scene.catalog.list.events(after: last, limit: 999)
            #expect(events.map(\.sequence) == Array(last + 1...last + Int64(2 * count)))
            #expect(
                scene.published.all.sorted { ($0.sequence ?? 0) < ($1.sequence ?? 0) } == events
            )
            for item in items {
                let own = events.filter { $0.number == item.claim.number }
                #expect(own.map(\.name) == ["download.started", "download.completed"])
            }
        }
    }

    @Test func `what is wrong with one file concerns that one alone`() async throws {
        try await FinishLineTests.with { scene in
            var items: [FinishLine.Item] = []
            for index in 0..<12 { items.append(try await scene.whole("file-\(index)")) }
            // Somebody else has the name of one, changes another, and takes over the job of a third.
            try Data("theirs".utf8).write(to: URL(filePath: scene.path("file-3")))
            try items[5].part.truncate(to: 1)
            #expect(try await scene.catalog.recorder.interrupted(items[7].claim) != nil)
            let outcomes = await FinishLineTests.finish(items, in: scene)
            for (index, outcome) in outcomes.enumerated() {
                switch (index, outcome) {
                case (3, .unnamed(.failure(let failure))): #expect(failure.code == .exists)
                case (5, .unsound(let failure)): #expect(failure.code == .storage)
                case (7, .lost): break
                case (_, .succeeded): #expect(![3, 5, 7].contains(index))
                default: Issue.record("\(index): \(outcome)")
                }
            }
            #expect(scene.text("file-3") == "theirs")
            #expect(scene.text("file-5") == nil)
            #expect(scene.text("file-7") == nil)
            #expect(try await scene.state(items[3]) == .running)
            #expect(try await scene.state(items[5]) == .running)
            #expect(try await scene.state(items[7]) == .ready)
            for index in [0, 1, 2, 4, 6, 8, 9, 10, 11] {
                #expect(scene.text("file-\(index)") == "file-\(index)")
            }
        }
    }

    @Test func `of two files that want one name one gets it, and the other is told`() async throws {
        try await FinishLineTests.with { scene in
            let items = [
                try await scene.whole("same", policy: .rename),
                try await scene.whole("same", policy: .rename),
                try await scene.whole("other", policy: .rename),
            ]
            let outcomes = await FinishLineTests.finish(items, in: scene)
            let named = outcomes.count {
                if case .succeeded("same", _, _) = $0 { true } else { false }
            }
            let told = outcomes.count {
                if case .unnamed(.success("same")) = $0 { true } else { false }
            }
            let other = outcomes.count {
                if case .unnamed(.success("same (1)")) = $0 { true } else { false }
            }
            let numbered = outcomes.count {
                if case .succeeded("same (1)", _, _) = $0 { true } else { false }
            }
            #expect(named == 1)
            // One that came after the other had its name chose the next one.
            #expect(told + other + numbered == 1)
            #expect(scene.text("same") == "same")
            #expect(scene.text("other") == "other")
        }
    }
}
