import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Following what happens, as Server-Sent Events.
@Suite(.timeLimit(.minutes(3))) struct ServeEventTests {
    private static let one = ["ADM_MAX_CONNECTIONS": "1"]

    private func add(_ numbers: ClosedRange<Int>, _ daemon: Daemon, _ rig: ServeRig) async throws {
        for number in numbers {
            #expect(try await daemon.post(jobsPath, rig.body("/f\(number)")).status == 201)
        }
    }

    @Test func `whoever comes back sees every event once, also after the daemon was killed`()
        async throws
    {
        try await ServeRig.run { rig in
            try await rig.rig.ok("ws", "pause", "work")
            var seen: [Int] = []
            for round in 0..<4 {
                try await rig.serving { daemon in
                    let last = seen.last ?? 0
                    let stream = try daemon.follow("work", after: last)
                    let begin = round * 10
                    try await add(begin + 1...begin + 7, daemon, rig)
                    // Not all of them, so that the next time has some to catch up with.
                    let wanted = begin + 4
                    try await stream.events { ($0.last?.number ?? 0) >= wanted }
                    daemon.process.kill()
                    _ = try await daemon.process.wait()
                    try await stream.waitForEnd()
                    seen += stream.eventsSoFar.compactMap(\.number)
                }
                // And some while there is no daemon.
                let urls = (8...10).map { rig.rig.server.url("/f\(round * 10 + $0)") }
                let added = try await rig.rig.adm.output(["add", "-w", "work"] + urls)
                #expect(added.status == 0, "\(added.errorOutput)")
            }
            try await rig.serving { daemon in
                let stream = try daemon.follow("work", after: seen.last ?? 0)
                try await stream.events { $0.last?.number == 40 }
                stream.end()
                seen += stream.eventsSoFar.compactMap(\.number)
            }
            #expect(seen == Array(1...40))
        }
    }

    @Test func `two who follow get the same, and a list says the same again`() async throws {
        let file = TestFile("/f1", length: 100_000, seed: 1)
        try await ServeRig.run([file]) { rig in
            try await rig.serving { daemon in
                let early = try daemon.follow("work")
                try await add(1...1, daemon, rig)
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                let late = try daemon.follow("work")
                var both: [[DaemonEvent]] = []
                for stream in [early, late] {
                    let events = try await stream.events {
                        $0.contains { $0.name == "download.completed" }
                    }
                    both.append(events.filter { $0.id != nil })
                    stream.end()
                }
                #expect(both[0] == both[1])
                let numbers = both[0].compactMap(\.number)
                #expect(numbers == Array(1...numbers.count))
                #expect(both[0].first?.name == "download.queued")
                let listed = try await daemon.get(workspacePath + "/events")
                let names = listed.list.compactMap { $0["event_type"] as? String }
                #expect(names == both[0].map(\.name))
                #expect(listed.list.compactMap { $0["sequence"] as? Int } == numbers)
                let rest = try await daemon.get(workspacePath + "/events?after=1&limit=1")
                #expect(rest.list.compactMap { $0["sequence"] as? Int } == [2])
            }
        }
    }

    @Test func `who says nothing of before hears of what comes`() async throws {
        try await ServeRig.run { rig in
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { daemon in
                try await add(1...3, daemon, rig)
                let stream = try daemon.follow("work", after: nil)
                let first = try daemon.follow("work")
                try await first.events { $0.last?.number == 3 }
                // It is asked when its answer has begun, and that is known when it hears of something.
                var next = 4
                while stream.eventsSoFar.isEmpty {
                    try Task.checkCancellation()
                    try await add(next...next, daemon, rig)
                    next += 1
                }
                let begin = try #require(stream.eventsSoFar.first?.number)
                #expect(begin >= 4)
                stream.end()
                first.end()
            }
        }
    }

    @Test func `progress of a job that runs is sent without a number`() async throws {
        let files = stallingFiles(1)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.serving { daemon in
                let stream = try daemon.follow("work")
                let path = workspacePath + "/events?progress=false"
                let quiet = try daemon.connect(
                    sending: daemon.request(
                        "GET",
                        path,
                        ["Accept": "text/event-stream", "Last-Event-ID": "0"]
                    )
                )
                try await stream.waitForOpening()
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                let events = try await stream.events {
                    $0.contains { $0.name == "download.progress" }
                }
                for event in events where event.name == "download.progress" {
                    #expect(event.id == nil)
                    #expect(event.data.contains("\"job\":1"))
                }
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                try await rig.rig.server.heal(files)
                for each in [stream, quiet] {
                    try await each.events { $0.contains { $0.name == "download.completed" } }
                    each.end()
                }
                #expect(!quiet.eventsSoFar.contains { $0.name == "download.progress" })
                let numbers = stream.eventsSoFar.compactMap(\.number)
                #expect(numbers == Array(1...numbers.count))
            }
        }
    }

    @Test(arguments: [workspacePath + "/events", "/v1/events"])
    func `whoever follows with a token that is revoked hears no more`(path: String) async throws {
        try await ServeRig.run { rig in
            let token = try await rig.token("--scope", "read")
            try await rig.servingPort { port in
                let daemon = port.with(token: token)
                let fields = ["Accept": "text/event-stream"]
                let stream = try daemon.connect(sending: daemon.request("GET", path, fields))
                try await stream.waitForOpening()
                try await rig.rig.ok("token", "revoke", token)
                try await stream.waitForEnd()
                #expect(try await daemon.get(path, fields).status == 401)
            }
        }
    }

    @Test func `whoever has seen more than there is begins again`() async throws {
        try await ServeRig.run { rig in
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { daemon in
                try await add(1...2, daemon, rig)
                let stream = try daemon.follow("work", after: 70)
                try await stream.events { $0.first?.name == "reset" }
                try await add(3...3, daemon, rig)
                let events = try await stream.events { $0.count == 2 }
                #expect(events.map(\.number) == [2, 3])
                stream.end()
            }
        }
    }

    @Test(arguments: ["x", "-1", "1.5", "99999999999999999999"])
    func `a place that is no number is refused`(place: String) async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let fields = ["Accept": "text/event-stream", "Last-Event-ID": place]
                let answer = try await daemon.get(workspacePath + "/events", fields)
                #expect(answer.status == 400)
                #expect(answer.code == "bad-request")
            }
        }
    }

    @Test func `the stream of all workspaces resumes where it was, and leaves out a broken one`()
        async throws
    {
        try await ServeRig.run(workspaces: ["work", "other", "broken"]) { rig in
            for name in ["work", "other"] { try await rig.rig.ok("ws", "pause", name) }
            let layout = HomeLayout(root: rig.rig.adm.admHome)
            let profile = URL(fileURLWithPath: layout.workspaces + "/broken/profile.toml")
            try Data("retries = [".utf8).write(to: profile)
            try await rig.serving { daemon in
                func follow(_ place: String?) throws -> DaemonConnection {
                    var fields = ["Accept": "text/event-stream"]
                    fields["Last-Event-ID"] = place
                    return try daemon.connect(sending: daemon.request("GET", "/v1/events", fields))
                }
                func add(_ path: String, to name: String) async throws {
                    let jobs = "/v1/workspaces/\(name)/jobs"
                    #expect(try await daemon.post(jobs, rig.body(path)).status == 201)
                }
                try await add("/before", to: "work")
                try await add("/before", to: "other")
                let first = try follow(nil)
                var count = 0
                while first.eventsSoFar.isEmpty {
                    try Task.checkCancellation()
                    count += 1
                    try await add("/f\(count)", to: "work")
                }
                #expect(first.eventsSoFar.allSatisfy { $0.data.contains("\"workspace\":\"work\"") })
                let place = try #require(first.eventsSoFar.first?.id)
                first.end()
                let told = try #require(first.eventsSoFar.first?.data)
                try await add("/after", to: "other")
                let second = try follow(place)
                let events = try await second.events { $0.contains { $0.data.contains("/after") } }
                #expect(!events.contains { $0.data == told }, "it was told before")
                #expect(!events.contains { $0.data.contains("/before") })
                #expect(Set(events.map(\.data)).count == events.count)
                second.end()
            }
        }
    }
}
