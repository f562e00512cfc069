import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct LogTests {
    private let file = TestFile("/file.bin", length: 10_000, seed: 5)

    @Test func `a request is recorded with all it said and got`() async throws {
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin?a=b")
            _ = try await Curl.fetch(url, "-r", "100-199", "-A", "tester")
            let record = try #require(server.requests("/file.bin").first)
            #expect(record.method == "GET")
            #expect(record.target == "/file.bin?a=b")
            #expect(record.header("user-agent") == "tester")
            #expect(record.remotePort > 0)
            #expect(record.status == 206)
            #expect(record.askedRange == ByteRange(100, 200))
            #expect(record.servedRange == ByteRange(100, 200))
            #expect(record.ending == .complete)
        }
    }

    @Test func `bytes that were sent twice are counted`() async throws {
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin")
            _ = try await Curl.fetch(url, "-r", "0-99")
            _ = try await Curl.fetch(url, "-r", "100-199")
            #expect(server.log.repeatedBytes(path: "/file.bin") == 0)
            _ = try await Curl.fetch(url, "-r", "150-299")
            #expect(server.bytesServed(path: "/file.bin") == 350)
            #expect(server.log.repeatedBytes(path: "/file.bin") == 50)
            #expect(
                server.servedRanges(path: "/file.bin")
                    == [ByteRange(0, 100), ByteRange(100, 200), ByteRange(150, 300)]
            )
        }
    }

    @Test func `a connection is used again`() async throws {
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin")
            _ = try await Curl.fetch(url, "-o", "/dev/null", url)
            #expect(server.requests().map(\.connection) == [0, 0])
        }
    }

    @Test(arguments: [Behaviour.Connection.close, .closeUnannounced])
    func `a connection can be closed after each answer`(
        connection: Behaviour.Connection
    ) async throws {
        var file = file
        file.behaviour.connection = connection
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin")
            let answer = try await Curl.fetch(url, "-o", "/dev/null", url)
            #expect(answer.status == 0)
            #expect(server.requests().map(\.connection) == [0, 1])
            #expect(answer.header("Connection") == (connection == .close ? "close" : nil))
        }
    }

    @Test func `requests that were sent together are answered one after the other`() async throws {
        try await TestServer.run(files: [file, TestFile("/b", length: 3)]) { server in
            let answers = try await RawConnection.exchange(
                port: server.port,
                "HEAD /file.bin HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "HEAD /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(server.requests().map(\.path) == ["/file.bin", "/none", "/b"])
        }
    }

    @Test func `answers at once are counted`() async throws {
        var file = file
        file.behaviour.interruptions = [.stall(after: 10)]
        try await TestServer.run(files: [file, TestFile("/b", length: 3)]) { server in
            let url = server.url("/file.bin")
            async let first = Curl.fetch(url)
            async let second = Curl.fetch(url)
            try await server.waitUntilStalled(path: "/file.bin", count: 2)
            _ = try await Curl.fetch(server.url("/b"))
            #expect(server.maximumConcurrency == 3)
            #expect(server.maximumConcurrency(path: "/file.bin") == 2)
            #expect(server.openConnections >= 2)
            server.release()
            #expect(try await [first.status, second.status] == [0, 0])
            try await server.waitUntil { $0.openConnections == 0 }
        }
    }

    @Test func `a client that goes away is noticed`() async throws {
        var file = file
        file.behaviour.interruptions = [.stall(after: 10)]
        try await TestServer.run(files: [file]) { server in
            let curl = ChildProcess.Command(
                "/usr/bin/env",
                ["curl", "-s", "-o", "/dev/null", server.url("/file.bin")]
            )
            try await ChildProcess.run(curl) { child in
                try await server.waitUntilStalled(path: "/file.bin")
                child.kill()
                try await server.waitUntilIdle(path: "/file.bin")
            }
            #expect(server.requests("/file.bin")[0].ending == .abandoned)
            #expect(server.log.stalled(path: "/file.bin") == 0)
        }
    }

    @Test func `another version has other bytes and other validators`() async throws {
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin")
            let before = try await Curl.fetch(url)
            server.update("/file.bin") { $0.version += 1 }
            let after = try await Curl.fetch(url)
            #expect(before.body.count == after.body.count)
            #expect(before.body != after.body)
            #expect(before.header("ETag") != after.header("ETag"))
            #expect(before.header("Last-Modified") != after.header("Last-Modified"))
            let body = try #require(server.file("/file.bin")?.body)
            #expect(after.body == Data(body.bytes(in: ByteRange(0, 10_000))))
        }
    }

    @Test func `another version can keep its validators`() async throws {
        var file = file
        file.behaviour.versionMovesTag = false
        file.behaviour.versionMovesLastModified = false
        try await TestServer.run(files: [file]) { server in
            let url = server.url("/file.bin")
            let before = try await Curl.fetch(url)
            server.update("/file.bin") { $0.version += 1 }
            let after = try await Curl.fetch(url)
            #expect(before.body != after.body)
            #expect(before.header("ETag") == after.header("ETag"))
            #expect(before.header("Last-Modified") == after.header("Last-Modified"))
        }
    }

    @Test func `a file can be taken away`() async throws {
        try await TestServer.run(files: [file]) { server async throws in
            server.remove("/file.bin")
            #expect(try await Curl.fetch(server.url("/file.bin")).code == 404)
        }
    }

    @Test func `a request as proxies get them is answered`() async throws {
        try await TestServer.run(files: [file]) { server in
            let proxy = server.url("")
            let answer = try await Curl.fetch("http://host.invalid/file.bin", "-x", proxy)
            #expect(answer.body.count == 10_000)
            #expect(server.requests("/file.bin")[0].target == "http://host.invalid/file.bin")
        }
    }

    @Test func `what is awaited may have happened already`() async throws {
        try await TestServer.run(files: [file]) { server in
            _ = try await Curl.fetch(server.url("/file.bin"))
            try await server.waitForRequests(path: "/file.bin", count: 1)
            try await server.waitUntilServed(path: "/file.bin", bytes: 10_000)
        }
    }

    @Test func `waiting ends when the task is cancelled`() async throws {
        try await TestServer.run { server in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.waitForRequests(path: "/never", count: 1) }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test func `the port is free when the scope ends`() async throws {
        let url = try await TestServer.run(files: [file]) { $0.url("/file.bin") }
        #expect(try await Curl.fetch(url).status == 7)
    }

    @Test func `an error of the body comes out`() async throws {
        struct Mistake: Error {}
        await #expect(throws: Mistake.self) {
            try await TestServer.run { _ in throw Mistake() }
        }
    }
}
