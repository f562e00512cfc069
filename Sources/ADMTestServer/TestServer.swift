import ADMModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An HTTP/1.1 server on loopback that offers files as large as wished and misbehaves on request.
///
/// Bodies are computed, never stored; see ``TestBody``. It listens on a free port of 127.0.0.1.
/// Everything it does is recorded in a ``ServerLog``, and every change of that log can be awaited.
/// All members may be used from any task at any time while the scope of ``run(tls:files:body:)``
/// lasts.
package final class TestServer: Sendable {
    /// The port it listens on.
    package let port: Int
    private let scheme: String
    private let state: ObservedState<ServerState>
    /// Where everything is sent.
    private let loop: any EventLoop

    private init(
        port: Int,
        scheme: String,
        state: ObservedState<ServerState>,
        loop: any EventLoop
    ) {
        self.port = port
        self.scheme = scheme
        self.state = state
        self.loop = loop
    }

    /// A certificate for the server.
    package struct TLS: Sendable, Hashable {
        /// The path of the certificate chain, PEM, leaf first.
        package var certificateFile: String
        /// The path of the private key, PEM.
        package var keyFile: String

        /// Names the two files.
        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Runs a server for as long as `body` runs.
    ///
    /// When it returns or throws, all connections are closed at once and the port is free again.
    ///
    /// - Parameters:
    ///   - tls: A certificate; with one the server speaks TLS and nothing else.
    ///   - files: What it offers from the beginning.
    ///   - body: What to do in that time.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``Failure`` with `configuration` if the certificate cannot
    ///   be used, with `network` if no port can be had.
    @discardableResult
    package static func run<Result>(
        tls: TLS? = nil,
        files: [TestFile] = [],
        body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map(makeContext)
        let state = ObservedState(ServerState())
        // A group of its own: a client that blocks the shared event loops must not slow it down.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener: any Channel
        do {
            listener = try await listen(group, context: context, state: state)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        let server = TestServer(
            port: listener.localAddress?.port ?? 0,
            scheme: context == nil ? "http" : "https",
            state: state,
            loop: group.next()
        )
        server.serve(files)
        do {
            let result = try await body(server)
            try await server.close(listener, group)
            return result
        } catch {
            // Closing twice is harmless, and the first error is the one that explains.
            try? await server.close(listener, group)
            throw error
        }
    }

    /// The URL of a path of this server.
    ///
    /// - Parameters:
    ///   - path: The path, with a query if wanted.
    ///   - host: The host name; `localhost` makes another origin of the same server.
    /// - Returns: An absolute URL.
    package func url(_ path: String, host: String = "127.0.0.1") -> String {
        "\(scheme)://\(host):\(port)\(path.hasPrefix("/") ? path : "/" + path)"
    }

    /// Offers a file, in place of the one that had its path.
    ///
    /// - Returns: The file's URL.
    @discardableResult
    package func serve(_ file: TestFile) -> String {
        state.update { $0.files[file.path] = ServedFile(file) }
        return url(file.path)
    }

    /// Offers files.
    package func serve(_ files: [TestFile]) {
        for file in files { serve(file) }
    }

    /// Takes a file away: its path is answered with 404 from now on.
    package func remove(_ path: String) {
        state.update { $0.files[path] = nil }
    }

    /// Changes a file for the requests to come; answers under way continue as they were.
    ///
    /// The path must be on offer.
    package func update(_ path: String, _ change: (inout TestFile) -> Void) {
        state.update { state in
            precondition(state.files[path] != nil, "no test file has the path \(path)")
            state.files[path]?.change(change)
        }
    }

    /// The file at a path, as it is now.
    package func file(_ path: String) -> TestFile? {
        state.read { $0.files[path]?.file }
    }

    /// Lets the answers that have fallen silent continue, those of one path or all.
    package func release(_ path: String? = nil) {
        for channel in state.update({ $0.release(path: path) }) {
            channel.pipeline.fireUserInboundEventTriggered(ConnectionHandler.StallReleased())
        }
    }

    /// Breaks all connections that are open now.
    ///
    /// - Parameter reset: Whether with RST rather than an ordinary end.
    package func breakConnections(reset: Bool = false) {
        let event = reset ? AbruptClosing.Request.reset : .cut
        for channel in state.read({ Array($0.channels.values) }) {
            channel.triggerUserOutboundEvent(event, promise: nil)
        }
    }

    /// Everything that happened so far.
    ///
    /// What a client has received counts, although the server may not have noted it yet.
    package var log: ServerLog {
        // Bytes are sent and noted in one turn of the loop.
        try? loop.submit {}.wait()
        return state.read { $0.log }
    }

    /// Suspends until the log satisfies a condition.
    ///
    /// - Parameter condition: What to wait for; it runs under a lock and must be short.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntil(_ condition: @escaping @Sendable (ServerLog) -> Bool) async throws {
        try await state.wait { condition($0.log) }
    }
}

extension TestServer {
    private static func makeContext(_ tls: TLS) throws(Failure) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(tls.certificateFile)
            let key = try NIOSSLPrivateKey(file: tls.keyFile, format: .pem)
            return try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) },
                    privateKey: .privateKey(key)
                )
            )
        } catch {
            throw Failure(
                .configuration,
                "the test server cannot use the certificate \(tls.certificateFile)"
                    + " with the key \(tls.keyFile)",
                cause: "\(error)"
            )
        }
    }

    private static func listen(
        _ group: MultiThreadedEventLoopGroup,
        context: NIOSSLContext?,
        state: ObservedState<ServerState>
    ) async throws(Failure) -> any Channel {
        let scheme = context == nil ? "http" : "https"
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(
                    .writeBufferWaterMark,
                    value: .init(low: 262_144, high: 1_048_576)
                )
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(AbruptClosing())
                        if let context {
                            try pipeline.addHandler(NIOSSLServerHandler(context: context))
                        }
                        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                        try pipeline.addHandler(ConnectionHandler(state: state, scheme: scheme))
                    }
                }
                .bind(host: "127.0.0.1", port: 0)
                .get()
        } catch {
            throw Failure(
                .network,
                "the test server cannot listen on 127.0.0.1",
                cause: "\(error)"
            )
        }
    }

    private func close(_ listener: any Channel, _ group: MultiThreadedEventLoopGroup) async throws {
        try await listener.close().get()
        breakConnections()
        try await group.shutdownGracefully()
    }
}
