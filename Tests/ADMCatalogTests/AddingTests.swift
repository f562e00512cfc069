import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// What is stored of a request, and when two requests are one job.
struct AddingTests {
    @Test func `a job is read back as it was added`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            var wanted = try request(
                "dir/file%20name.iso?x=1&signature=abc",
                fileName: "naïve – 名.iso",
                priority: -3,
                headers: [try HeaderField(name: "Accept", value: "text/html; q=0.5")]
            )
            wanted.checksum = try Checksum(.md5, hex: String(repeating: "0f", count: 16))
            wanted.ifExists = .overwrite
            wanted.settings.maxConnections = 4
            wanted.settings.limitRate = Rate(parsing: "2 MiB/s 08:00-18:00 mon-fri; 500k")
            let outcomes = try await catalog.queue.add(
                [(wanted, directory: "/down loads")],
                now: start
            )
            guard case .added(let added) = try #require(outcomes.first) else {
                Issue.record("the job existed already")
                return
            }
            let (job, event) = (added.job, added.event)
            #expect(job.request == wanted)
            #expect(job.directory == "/down loads")
            #expect(job.state == .ready)
            #expect(job.createdAt == start)
            #expect(try await catalog.list.job(number: job.number) == job)
            #expect(try await catalog.list.job(id: job.id) == job)
            #expect(event.kind == .queued(priority: -3))
            #expect(!event.url.contains("?"))
            #expect(try await catalog.list.events(limit: 9) == [event])
        }
    }

    @Test func `the same request again gets the unfinished job`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let first = try await catalog.queue.add("a")
            let outcomes = try await catalog.queue.add([
                (try request("a"), directory: "/downloads"),
                (try request("./x/../a#part"), directory: "/downloads"),
                (try request("b"), directory: "/downloads"),
                (try request("b"), directory: "/downloads"),
            ])
            #expect(outcomes[0] == .existing(first))
            #expect(outcomes[1] == .existing(first))
            #expect(outcomes[3] == .existing(outcomes[2].job))
            #expect(try await catalog.list.jobs(limit: 9).count == 2)
            #expect(try await catalog.list.events(limit: 9).count == 2)
        }
    }

    @Test func `a request that differs in anything that counts is another job`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let accept = try HeaderField(name: "Accept", value: "a")
            let other = try HeaderField(name: "Accept", value: "b")
            let language = try HeaderField(name: "Accept-Language", value: "de")
            let secret = try HeaderField(name: "Authorization", value: "Bearer 1")
            let outcomes = try await catalog.queue.add([
                (try request("a"), directory: "/downloads"),
                (try request("a?"), directory: "/downloads"),
                (try request("a"), directory: "/elsewhere"),
                (try request("a", fileName: "b"), directory: "/downloads"),
                (try request("a", headers: [accept]), directory: "/downloads"),
                (try request("a", headers: [other]), directory: "/downloads"),
                (try request("a", headers: [accept, language]), directory: "/downloads"),
                // The same as one above: order, case of the name and secrets do not count.
                (
                    try request(
                        "a",
                        headers: [
                            secret, language, try HeaderField(name: "ACCEPT", value: "a"),
                        ]
                    ), directory: "/downloads"
                ),
            ])
            #expect(Set(outcomes.map(\.job.number)).count == 7)
            #expect(outcomes[7] == .existing(outcomes[6].job))
        }
    }

    @Test func `parts of a key do not run into each other`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let outcomes = try await catalog.queue.add([
                (try request("a", fileName: "c"), directory: "/b"),
                (try request("a"), directory: "/b\nc"),
                (try request("a"), directory: "/b\\nc"),
                (try request("a", fileName: "c\n"), directory: "/b"),
            ])
            #expect(Set(outcomes.map(\.job.number)).count == 4)
        }
    }

    @Test(arguments: [JobState.succeeded, .failed, .cancelled])
    func `a finished job does not stand in the way of a new one`(state: JobState) async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            switch state {
            case .succeeded:
                _ = try await catalog.recorder.skipped(
                    claim,
                    reason: "file_exists",
                    destination: nil
                )
            case .failed: _ = try await catalog.recorder.failed(claim, failure: broken)
            default: _ = try await catalog.recorder.cancelled(claim)
            }
            #expect(try await catalog.state(claim.number) == state)
            #expect(try await catalog.queue.add("a").number != claim.number)
        }
    }

    @Test func `a job that was given up with bytes is taken up again`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            for path in ["old", "new"] {
                let claim = try await catalog.queue.claimed(path, by: holder)
                _ = try await catalog.recorder.checkpoint(
                    claim,
                    segments: SegmentMap([ByteRange(0, 5)]),
                    bytesDone: 5,
                    transferSeconds: 1
                )
                _ = try await catalog.recorder.failed(claim, failure: broken)
                let job = try #require(try await catalog.list.job(number: claim.number))
                let again = try await catalog.queue.add([(request(path), directory: "/downloads")])
                #expect(again == [.existing(job)])
                #expect(try await catalog.list.segments(number: job.number).count == 5)
                #expect(try await catalog.control.makeReady(number: job.number)?.count == 1)
                #expect(try await catalog.queue.add(path).number == job.number)
            }
        }
    }

    @Test func `a newer request for the same thing brings its options`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let job = try await catalog.queue.add("a")
            var newer = try request(
                "a",
                priority: 5,
                headers: [try HeaderField(name: "Cookie", value: "canary")]
            )
            newer.ifExists = .overwrite
            let amended = try #require(
                try await catalog.control.amend(number: job.number, with: newer)
            )
            #expect(amended.request.ifExists == .overwrite)
            #expect(amended.request.priority == 5)
            #expect(amended.request.headers == [])
            #expect(amended.withheldHeaders == ["Cookie"])
            #expect(try await catalog.list.job(number: job.number) == amended)
            _ = try await catalog.queue.claim(number: job.number, owner: holder.id)
            let late = try await catalog.control.amend(number: job.number, with: try request("a"))
            #expect(late == nil)
        }
    }

    @Test func `a batch in which one request is impossible adds nothing`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            await #expect(throws: Failure.self) {
                try await catalog.queue.add([
                    (try request("a"), directory: "/downloads"),
                    (try request("b"), directory: "relative"),
                ])
            }
            let jobs = try await catalog.list.jobs(limit: 9)
            #expect(jobs == [])
            #expect(try await catalog.list.events(limit: 9) == [])
            #expect(try await catalog.queue.add("a").number == 1)
        }
    }

    @Test func `secrets are in no file of the workspace`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let canary = "canary-8f1b2c"
            var wanted = try request(
                "a",
                headers: [
                    try HeaderField(name: "Authorization", value: "Bearer \(canary)"),
                    try HeaderField(name: "COOKIE", value: "session=\(canary)"),
                    try HeaderField(name: "X-Api-Key", value: canary),
                    try HeaderField(name: "Accept", value: "visible-value"),
                ]
            )
            wanted.settings.proxy = "http://user:\(canary)@proxy.example:8080/?a@b"
            let job = try await catalog.queue.add([(wanted, directory: "/downloads")])[0].job
            #expect(job.withheldHeaders == ["Authorization", "COOKIE", "X-Api-Key"])
            #expect(job.request.headers.map(\.name) == ["Accept"])
            #expect(job.request.settings.proxy == "http://proxy.example:8080/?a@b")
            #expect(try await catalog.list.job(number: job.number) == job)
            let claim = try #require(
                try await catalog.queue.claim(number: job.number, owner: holder.id)
            )
            _ = try await catalog.recorder.failed(claim, failure: broken)
            var found: [String: Bool] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: home.workspace.root) {
                // Read by a copy: closing the database file here would drop SQLite's locks.
                let path = home.workspace.root + "/" + name
                try run("/bin/cp", path, home.layout.root + "/copy")
                let bytes = try home.bytes(home.layout.root + "/copy")
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(name)")
                found[name] = bytes.range(of: Data("visible-value".utf8)) != nil
            }
            #expect(found["jobs.db-wal"] == true)
        }
    }

    @Test func `a job is found by what people write`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let job = try await catalog.queue.add("a", now: start)
            let later = try await catalog.queue.add("b", now: start.addingTimeInterval(1e8))
            #expect(try await catalog.list.find("1") == job)
            #expect(try await catalog.list.find("2") == later)
            #expect(try await catalog.list.find(job.id.description) == job)
            #expect(try await catalog.list.find(job.id.description.lowercased()) == job)
            #expect(try await catalog.list.find(String(job.id.description.prefix(9))) == job)
            let ambiguous = await #expect(throws: Failure.self) {
                try await catalog.list.find("01")
            }
            #expect(ambiguous?.code == .jobNotFound)
            for text in ["3", "0", "-1", "", "01Z", "01ZZZZ", "01%%", "naïve", "1 OR 1=1"] {
                let failure = await #expect(throws: Failure.self) {
                    try await catalog.list.find(text)
                }
                #expect(failure?.code == .jobNotFound, "\(text)")
                #expect(failure?.hint != nil)
            }
            let twin = try await catalog.queue.add("c", now: start)
            #expect(twin.id.description.prefix(10) == job.id.description.prefix(10))
            let several = await #expect(throws: Failure.self) {
                try await catalog.list.find(String(job.id.description.prefix(10)))
            }
            #expect(several?.code == .usage)
        }
    }
}
