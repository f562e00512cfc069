import ADMModel
import ADMTestServer
import NIOCore
import NIOPosix
import Testing

@testable import ADMTransfer

/// A job that may reach public addresses alone reaches no server on this machine.
@Suite(.timeLimit(.minutes(1))) struct PublicOnlyTests {
    private static let file = TestFile("/file.bin", length: 100, seed: 3)

    private func settings(proxy: TestServer? = nil, noProxy: [String] = []) -> TransferSettings {
        var settings = TransferSettings()
        settings.publicOnly = true
        settings.proxy = proxy?.url("/")
        settings.noProxy = noProxy
        return settings
    }

    /// Fetches a URL with some settings, in sessions where others may go anywhere.
    private func fetch(_ url: String, _ settings: TransferSettings) async throws -> [UInt8] {
        try await HTTPSessions.run { sessions in
            let exchange = Exchange(
                session: try sessions.session(for: settings),
                fields: [],
                settings: settings,
                limits: []
            )
            return try await SmallDocument.fetch(
                try SourceURL(url),
                named: "the file",
                limit: 1000,
                exchange: exchange
            ).bytes
        }
    }

    private func refusal(_ url: String, _ settings: TransferSettings) async throws -> Failure? {
        do {
            _ = try await fetch(url, settings)
            return nil
        } catch let failure as Failure { return failure }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "2130706433", "127.1", "[::ffff:127.0.0.1]", "0"])
    func `S1 nothing is fetched from this machine directly`(host: String) async throws {
        try await TestServer.run(files: [Self.file]) { server in
            let failure = try await refusal(server.url("/file.bin", host: host), settings())
            #expect(failure?.code == .refused)
            #expect(failure?.isTransient == false)
            #expect(failure?.hint?.contains("private-addresses") == true)
            #expect(server.requests().isEmpty)
            #expect(server.maximumConnections == 0)
            // The same server, for a job that may go anywhere.
            let bytes = try await fetch(server.url("/file.bin"), TransferSettings())
            #expect(bytes.count == 100)
        }
    }

    @Test(arguments: [[], ["127.0.0.1", "localhost"]])
    func `S2 no redirect leads to this machine, through a proxy neither`(
        noProxy: [String]
    ) async throws {
        try await TestServer.run(files: [Self.file]) { server in
            for host in ["127.0.0.1", "localhost", "0x7f.1"] {
                // The server stands for the proxy and for the server behind it, which is any.
                var away = TestFile("/away", length: 1)
                away.behaviour.redirection = Redirection(
                    .literal(server.url("/file.bin", host: host))
                )
                server.serve(away)
                let failure = try await refusal(
                    "http://files.example.org/away",
                    settings(proxy: server, noProxy: noProxy)
                )
                #expect(failure?.code == .refused)
                #expect(failure?.isTransient == false)
            }
            #expect(server.requests("/away").count == 3)
            #expect(server.requests("/file.bin").isEmpty)
        }
    }

    @Test func `a proxy of the owner may stand on this machine, and looks names up itself`()
        async throws
    {
        try await TestServer.run(files: [Self.file]) { server in
            let bytes = try await fetch(
                "http://files.example.org/file.bin",
                settings(proxy: server)
            )
            #expect(bytes.count == 100)
        }
    }

    @Test func `S3 of the addresses of a name the public ones are left`() throws {
        let mixed = try ["10.0.0.1", "1.1.1.1", "fe80::1", "2606:4700::1111", "::1"].map {
            try SocketAddress(ipAddress: $0, port: 443)
        }
        let chosen = try PublicResolver.choose(mixed, "files.example.org")
        #expect(chosen.compactMap(\.ipAddress) == ["1.1.1.1", "2606:4700::1111"])
        #expect(try PublicResolver.choose([], "files.example.org").isEmpty)
        let inside = try [SocketAddress(ipAddress: "192.168.1.1", port: 443)]
        #expect {
            try PublicResolver.choose(inside, "files.example.org")
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.code == .refused && failure.message.contains("files.example.org")
        }
    }

    @Test func `S3 a look-up gives no address of this machine`() async throws {
        let resolver = PublicResolver(loop: EventLoops.group.next())
        let lookUps = [
            resolver.initiateAQuery(host: "localhost", port: 80),
            resolver.initiateAQuery(host: "127.0.0.1", port: 80),
            resolver.initiateAAAAQuery(host: "::1", port: 80),
        ]
        for lookUp in lookUps {
            await #expect {
                try await lookUp.get()
            } throws: { ($0 as? Failure)?.code == .refused }
        }
        let found = try await resolver.initiateAQuery(host: "1.1.1.1", port: 443).get()
        #expect(found.map(\.ipAddress) == ["1.1.1.1"])
        #expect(found.map(\.port) == [443])
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost"])
    func `S3 where every address is refused no connection is tried, and it is no network failure`(
        host: String
    ) async throws {
        try await TestServer.run { server in
            let loop = EventLoops.group.next()
            // As for a name that leads here: nothing is known of the host before it is looked up.
            let connection = ClientBootstrap(group: loop).resolver(PublicResolver(loop: loop))
                .connect(host: host, port: server.port)
            let url = try SourceURL("http://files.example.org/")
            await #expect {
                try await connection.get()
            } throws: { Failure(transport: $0, url: url).code == .refused }
            #expect(server.maximumConnections == 0)
        }
    }

    @Test func `a name that does not exist is no refusal`() async throws {
        let failure = try await refusal("http://no-such-name.invalid/file", settings())
        #expect(failure?.code == .resolve)
    }

    @Test func `a connection is not shared with jobs that may go anywhere`() throws {
        let open = HTTPSession.Key(TransferSettings())
        #expect(open != HTTPSession.Key(settings()))
        #expect(HTTPSession.Key(settings()) == HTTPSession.Key(settings()))
    }
}
