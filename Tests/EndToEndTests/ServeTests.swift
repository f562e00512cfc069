import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `adm serve`: a daemon that runs the queues and answers over HTTP.
@Suite(.timeLimit(.minutes(3))) struct ServeTests {
    private static let one = ["ADM_MAX_CONNECTIONS": "1"]
    private static let files = (0..<5).map {
        TestFile("/f\($0).bin", length: 200_000, seed: UInt64($0))
    }

    @Test func `a job that is handed in is fetched, and handed in again it is the same job`()
        async throws
    {
        try await ServeRig.run(Self.files) { rig in
            try await rig.serving { daemon in
                let body = try rig.body("/f0.bin")
                let added = try await daemon.post(jobsPath, body)
                #expect(added.status == 201, "\(added.text)")
                #expect(added.field("Location") == jobsPath + "/1")
                #expect(added.object["job"] as? Int == 1)
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                #expect(try rig.isRight("/f0.bin"))
                let shown = try await daemon.get(jobsPath + "/1")
                #expect(shown.object["state"] as? String == "succeeded")
                #expect(shown.object["bytes_done"] as? Int == 200_000)
            }
        }
    }

    @Test func `a job that is in the queue already is not added again`() async throws {
        try await ServeRig.run(Self.files) { rig in
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                let again = try await daemon.post(jobsPath, rig.body("/f0.bin"))
                #expect(again.status == 200)
                #expect(again.object["job"] as? Int == 1)
                #expect(again.object["added"] as? Bool == false)
                #expect(try await daemon.get(jobsPath).numbers == [1])
            }
        }
    }

    @Test func `what is not there is a problem of its own kind`() async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let expected = [
                    ("/v1/workspaces/nobody", "workspace-not-found"),
                    ("/v1/workspaces/nobody/jobs", "workspace-not-found"),
                    (jobsPath + "/7", "job-not-found"),
                    ("/v1/nothing", "no-such-path"),
                    ("/", "no-such-path"),
                ]
                for (path, code) in expected {
                    let answer = try await daemon.get(path)
                    #expect(answer.status == 404, "\(path)")
                    #expect(answer.field("Content-Type") == "application/problem+json")
                    #expect(answer.code == code, "\(path)")
                    #expect(answer.object["status"] as? Int == 404)
                    let request = try #require(answer.field("X-Request-Id"))
                    #expect(answer.object["instance"] as? String == "urn:adm:request:\(request)")
                }
                let acted = try await daemon.post(jobsPath + "/7/actions/dance")
                #expect(acted.status == 404 && acted.code == "no-such-path")
            }
        }
    }

    @Test func `a method that a path does not know is refused, and the others are named`()
        async throws
    {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let put = try await daemon.ask(daemon.request("PUT", jobsPath, body: "{}"))
                #expect(put.status == 405)
                #expect(put.code == "method-not-allowed")
                let allowed = put.field("Allow")?.components(separatedBy: ", ") ?? []
                #expect(Set(allowed) == ["GET", "HEAD", "POST"])
                let options = try await daemon.ask(daemon.request("OPTIONS", "/v1/version"))
                #expect(options.status == 405)
                #expect(options.field("Allow") == "GET, HEAD")
            }
        }
    }

    @Test(arguments: [
        "?limit=0", "?limit=501", "?limit=x", "?limit=", "?limit=1&limit=2", "?cursor=0",
        "?state=asleep", "?stat=ready", "?limits=1",
    ])
    func `a parameter that cannot be understood is refused`(query: String) async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.get(jobsPath + query)
                #expect(answer.status == 400)
                #expect(answer.code == "bad-request")
            }
        }
    }

    @Test func `the pages of a list hold every job once`() async throws {
        try await ServeRig.run(Self.files) { rig in
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { daemon in
                for file in Self.files {
                    #expect(try await daemon.post(jobsPath, rig.body(file.path)).status == 201)
                }
                var pages: [[Int]] = []
                var path: String? = jobsPath + "?state=ready&limit=2"
                while let here = path {
                    let answer = try await daemon.get(here)
                    #expect(answer.status == 200)
                    pages.append(answer.numbers)
                    path = answer.next
                }
                #expect(pages == [[5, 4], [3, 2], [1]])
                let whole = try await daemon.get(jobsPath + "?limit=5")
                #expect(whole.numbers == [5, 4, 3, 2, 1])
                #expect(whole.next == nil)
            }
        }
    }

    @Test func `a job is paused, resumed, cancelled and tried again`() async throws {
        try await ServeRig.run(Self.files) { rig in
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                let moves = [
                    ("pause", "paused"), ("resume", "ready"), ("cancel", "cancelled"),
                    ("retry", "ready"),
                ]
                for (action, state) in moves {
                    let acted = try await daemon.post(jobsPath + "/1/actions/" + action)
                    #expect(acted.status == 200, "\(acted.text)")
                    #expect(acted.object["changed"] as? Int == 1)
                    #expect(try await rig.rig.states(in: "work") == [1: state])
                }
                // It waits, so there is nothing to resume.
                let idle = try await daemon.post(jobsPath + "/1/actions/resume")
                #expect(idle.status == 409, "\(idle.text)")
                #expect(try await daemon.post(workspacePath + "/actions/cancel").status == 200)
                #expect(try await rig.rig.states(in: "work") == [1: "cancelled"])
            }
        }
    }

    @Test func `a job that runs is paused, and resumes where it was`() async throws {
        let files = stallingFiles(1)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                #expect(try await daemon.post(jobsPath + "/1/actions/pause").status == 200)
                try await rig.rig.waitForStates(in: "work") { $0 == [1: "paused"] }
                rig.rig.server.update("/f0.bin") { $0.behaviour.interruptions = [] }
                #expect(try await daemon.post(jobsPath + "/1/actions/resume").status == 200)
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                #expect(try rig.isRight("/f0.bin"))
            }
        }
    }

    @Test func `whoever asks for a job may wait for its end`() async throws {
        let files = stallingFiles(1)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                let now = try await daemon.get(jobsPath + "/1?wait=0")
                #expect(now.object["state"] as? String == "running")
                let waiting = try daemon.connect(
                    sending: daemon.request("GET", jobsPath + "/1?wait=60")
                )
                try await rig.rig.server.heal(files)
                let answer = try await waiting.answer()
                #expect(answer.object["state"] as? String == "succeeded", "\(answer.text)")
                let tag = try #require(answer.field("ETag"))
                let same = try await daemon.get(jobsPath + "/1", ["If-None-Match": tag])
                #expect(same.status == 304 && same.body.isEmpty)
                #expect(try await daemon.get(jobsPath + "/1?wait=61").status == 400)
            }
        }
    }

    @Test func `adm download works beside the daemon, under the same budget`() async throws {
        let files = stallingFiles(2)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.rig.ok("budget", "set", "--slots", "1")
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                let line = ["download", "-d", rig.rig.directory, rig.rig.server.url("/f1.bin")]
                try await rig.rig.adm.run(line) { download in
                    try await rig.rig.waitForBudget { report in
                        report.workspaces.contains { $0.name == "default" && $0.waiting > 0 }
                    }
                    let budget = try await daemon.get("/v1/budget")
                    #expect(budget.status == 200)
                    #expect(rig.rig.server.requests("/f1.bin").isEmpty)
                    try await rig.rig.server.heal(files)
                    let outcome = try await download.wait()
                    #expect(outcome.status == 0, "\(outcome.errorOutput)")
                }
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
            }
            #expect(rig.rig.server.maximumConcurrency == 1)
            #expect(try rig.isRight("/f0.bin"))
            #expect(try rig.rig.isRight("f1.bin", "/f1.bin"))
        }
    }

    @Test func `a workspace that is created later is served and run, too`() async throws {
        try await ServeRig.run(Self.files, workspaces: []) { rig in
            try await rig.serving { daemon in
                #expect(try await daemon.get(workspacePath).status == 404)
                try await rig.create("work")
                #expect(try await daemon.post(jobsPath, rig.body("/f1.bin")).status == 201)
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                #expect(try rig.isRight("/f1.bin"))
            }
        }
    }

    @Test func `a home has one daemon, and the second one names it`() async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                for options in [[], ["--listen", "127.0.0.1:0"]] {
                    let second = try await rig.rig.adm.output(["serve"] + options)
                    #expect(second.status == 8)
                    #expect(second.errorOutput.contains("process \(daemon.process.id) ("))
                }
                #expect(try await daemon.get("/healthz").status == 200)
            }
        }
    }

    @Test(arguments: [(SIGTERM, 0), (SIGINT, 130)] as [(Int32, Int32)])
    func `an end that is asked for puts a running job back, and takes the socket away`(
        signal: Int32,
        status: Int32
    ) async throws {
        let files = stallingFiles(1)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                // A client that follows, and one that says nothing, do not keep it.
                let follower = try daemon.follow("work")
                // The server has sent bytes; the daemon has them when it says so.
                let nothing = "\"bytes_this_run\":0}"
                try await follower.events { events in
                    events.contains {
                        $0.name == "download.progress" && !$0.data.hasSuffix(nothing)
                    }
                }
                let silent = try DaemonConnection(to: daemon.door)
                daemon.process.send(signal)
                let outcome = try await daemon.process.wait()
                #expect(outcome.status == status, "\(outcome.errorOutput)")
                try await follower.waitForEnd()
                silent.end()
            }
            #expect(try await rig.rig.states(in: "work") == [1: "ready"])
            let kept = try await rig.rig.ok("-w", "work", "show", "1", "--json")
            let job = try JSONSerialization.jsonObject(with: Data(kept.utf8)) as? [String: Any]
            #expect((job?["bytes_done"] as? Int ?? 0) > 0)
            #expect(!FileManager.default.fileExists(atPath: rig.socket))
        }
    }

    @Test func `after a kill the next daemon finishes the job`() async throws {
        let files = stallingFiles(1)
        try await ServeRig.run(files, environment: Self.one) { rig in
            try await rig.serving { daemon in
                #expect(try await daemon.post(jobsPath, rig.body("/f0.bin")).status == 201)
                try await rig.rig.server.waitUntilStalled(files, count: 1)
                daemon.process.kill()
                _ = try await daemon.process.wait()
            }
            #expect(FileManager.default.fileExists(atPath: rig.socket), "nobody took it away")
            rig.rig.server.update("/f0.bin") { $0.behaviour.interruptions = [] }
            try await rig.serving { daemon in
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                let shown = try await daemon.get(jobsPath + "/1")
                #expect(shown.object["state"] as? String == "succeeded")
            }
            #expect(try rig.isRight("/f0.bin"))
        }
    }
}
