import ADMTestServer
import ADMTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedirectionTests {
    private func file(_ redirection: Redirection) -> TestFile {
        var file = TestFile("/file.bin", length: 1000, seed: 5)
        file.behaviour.redirection = redirection
        return file
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a file is elsewhere`(status: Int) async throws {
        let files = [
            file(Redirection(.path("/other"), status: status)), TestFile("/other", length: 7),
        ]
        try await TestServer.run(files: files) { server in
            let answer = try await Curl.fetch(server.url("/file.bin"))
            #expect(answer.code == status)
            #expect(answer.header("Location") == server.url("/other"))
            #expect(try await Curl.fetch(server.url("/file.bin"), "-L").body.count == 7)
        }
    }

    @Test func `U12 a location can be relative or missing`() async throws {
        let files = [file(Redirection(.literal("other?x=1"))), TestFile("/other", length: 7)]
        try await TestServer.run(files: files) { server in
            #expect(try await Curl.fetch(server.url("/file.bin"), "-L").body.count == 7)
            #expect(server.requests("/other")[0].target == "/other?x=1")
            server.update("/file.bin") { $0.behaviour.redirection = Redirection(.missing) }
            let answer = try await Curl.fetch(server.url("/file.bin"))
            #expect(answer.code == 302)
            #expect(answer.header("Location") == nil)
        }
    }

    @Test func `U6 a location can name another origin of the same server`() async throws {
        let files = [file(Redirection(.path("/other"), host: "localhost"))]
        try await TestServer.run(files: files) { server in
            let answer = try await Curl.fetch(server.url("/file.bin"))
            #expect(answer.header("Location") == server.url("/other", host: "localhost"))
        }
    }

    @Test func `U9 a chain ends after as many hops as it should`() async throws {
        try await TestServer.run(files: [file(Redirection(.hops(5)))]) { server in
            let answer = try await Curl.fetch(server.url("/file.bin"), "-L")
            #expect(answer.body.count == 1000)
            #expect(server.requests("/file.bin").map(\.status) == [302, 302, 302, 302, 302, 200])
        }
    }

    @Test(arguments: [Redirection.Target.loop, .endless])
    func `U9 a loop has no end`(target: Redirection.Target) async throws {
        try await TestServer.run(files: [file(Redirection(target))]) { server in
            let answer = try await Curl.fetch(server.url("/file.bin"), "-L", "--max-redirs", "30")
            #expect(answer.status == 47)
            #expect(server.requests("/file.bin").count == 31)
            let targets = Set(server.requests("/file.bin").map(\.target))
            #expect(targets.count == (target == .loop ? 1 : 31))
        }
    }

    @Test func `a signed link expires after its number of requests`() async throws {
        try await TestServer.run(files: [file(Redirection(.signed(requests: 2)))]) { server in
            let first = try await Curl.fetch(server.url("/file.bin"))
            let link = try #require(first.header("Location"))
            #expect(try await Curl.fetch(link).code == 200)
            #expect(try await Curl.fetch(link, "-r", "5-").code == 206)
            #expect(try await Curl.fetch(link).code == 403)
            let second = try await Curl.fetch(server.url("/file.bin"))
            let fresh = try #require(second.header("Location"))
            #expect(fresh != link)
            #expect(try await Curl.fetch(fresh).code == 200)
        }
    }

    @Test func `a signed link expires after its number of bytes`() async throws {
        try await TestServer.run(files: [file(Redirection(.signed(bytes: 600)))]) { server in
            let first = try await Curl.fetch(server.url("/file.bin"))
            let link = try #require(first.header("Location"))
            #expect(try await Curl.fetch(link, "-r", "0-499").code == 206)
            #expect(try await Curl.fetch(link, "-r", "500-").code == 206)
            #expect(try await Curl.fetch(link).code == 403)
        }
    }

    @Test func `a token that was never issued is refused`() async throws {
        try await TestServer.run(files: [file(Redirection(.signed()))]) { server async throws in
            #expect(try await Curl.fetch(server.url("/file.bin?token=guess")).code == 403)
        }
    }
}
