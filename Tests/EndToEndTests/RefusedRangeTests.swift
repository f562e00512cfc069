import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Servers that refuse ranges, or more than one request: the file comes with what they do give.
@Suite(.timeLimit(.minutes(3))) struct RefusedRangeTests {
    private static let length: Int64 = 6 << 20

    private func file(_ change: (inout Behaviour) -> Void) -> TestFile {
        var behaviour = Behaviour()
        change(&behaviour)
        return TestFile("/a.bin", length: Self.length, seed: 7, behaviour)
    }

    private func expectRight(
        _ served: TestFile,
        _ options: String...,
        atMost requests: Int
    ) async throws {
        try await DownloadRig.run([served]) { rig in
            let line = ["download", "-d", rig.directory] + options + [rig.server.url("/a.bin")]
            let outcome = try await rig.adm.output(line)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(rig.server.requests().count <= requests)
        }
    }

    @Test(arguments: [400, 403, 404, 405, 406, 412, 416, 500, 501, 503])
    func `a server that refuses every range is asked for the whole file`(status: Int) async throws {
        let served = file { $0.refusals = [Refusal(status, FaultTrigger(.ranged))] }
        try await expectRight(served, "--retries", "0", atMost: 12)
    }

    @Test(arguments: [429, 503])
    func `one that says when to come back is asked without a range then`(status: Int) async throws {
        let served = file {
            $0.refusals = [Refusal(status, FaultTrigger(.ranged), retryAfter: .seconds(0))]
        }
        try await expectRight(served, "--retries", "2", atMost: 12)
    }

    @Test(arguments: [401, 404, 410])
    func `a file that is not there is asked for twice at most`(status: Int) async throws {
        try await DownloadRig.run([file { $0.refusals = [Refusal(status)] }]) { rig in
            let outcome = try await rig.download("/a.bin", "--retries", "3")
            #expect(outcome.status == (status == 401 ? 4 : 3), "\(outcome.errorOutput)")
            #expect(rig.server.requests().count <= 2)
        }
    }

    @Test(arguments: [
        400, 401, 402, 403, 404, 405, 409, 410, 412, 416, 418, 429, 451, 500, 501, 503, 509, 204,
        304,
    ])
    func `a link that is good for one request gives the whole file`(status: Int) async throws {
        let served = file {
            $0.refusals = [Refusal(status, FaultTrigger(.any, skip: 1))]
            $0.bytesPerSecond = 12 << 20
        }
        try await expectRight(served, "--retries", "0", atMost: 12)
    }

    @Test func `a page in place of a part does not end the first answer`() async throws {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nlogin"
        let served = file {
            $0.rawResponses = [RawResponse(page, FaultTrigger(.any, skip: 1), ending: .keepAlive)]
            $0.bytesPerSecond = 12 << 20
        }
        try await expectRight(served, "--retries", "0", atMost: 12)
    }

    @Test(arguments: ["ftp://127.0.0.1/x", "http://[/", "/a.bin"])
    func `a redirect that leads nowhere does not end the first answer`(
        location: String
    ) async throws {
        let redirect = "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
        let served = file {
            $0.rawResponses = [
                RawResponse(redirect, FaultTrigger(.any, skip: 1), ending: .keepAlive)
            ]
            $0.bytesPerSecond = 12 << 20
        }
        try await expectRight(served, "--retries", "0", atMost: 300)
    }

    @Test(arguments: [400, 403, 404, 410])
    func `a signed link that has expired is replaced, whatever status says so`(
        status: Int
    ) async throws {
        let expired = "the link has expired"
        let served = file {
            // Not so near that one connection is watched first: others ask at once where the redirect has led.
            $0.latency = .milliseconds(15)
            // Every request for a further part, until the link is asked for again.
            let further = FaultTrigger.Match.startingIn(ByteRange(1, Self.length))
            $0.refusals = [Refusal(status, FaultTrigger(further, times: 3), body: expired)]
            $0.interruptions = [.cut(after: 1 << 20, .first(1))]
        }
        let start = TestFile(
            "/start",
            length: 1,
            seed: 1,
            {
                var behaviour = Behaviour()
                behaviour.redirection = Redirection(.path("/a.bin"))
                return behaviour
            }()
        )
        try await DownloadRig.run([served, start]) { rig in
            let line = ["download", "-d", rig.directory, "--retries", "12"]
            let outcome = try await rig.adm.output(line + [rig.server.url("/start")])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let name = try #require(rig.saved().first { !$0.hasPrefix(".") })
            #expect(try rig.isRight(name, "/a.bin"))
        }
    }
}
