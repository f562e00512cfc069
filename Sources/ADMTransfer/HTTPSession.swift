package import ADMModel
import AsyncHTTPClient
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// The connections of one workspace with one set of network settings.
///
/// They are never shared with another workspace, credential, proxy or trust.
package final class HTTPSession: Sendable {
    /// The settings that decide which connections may be shared.
    package struct Key: Hashable, Sendable {
        let proxy: String?
        let noProxy: [String]
        let caFile: String?
        let insecure: Bool
        let connectTimeout: Duration
        let bindAddress: String?
        let credentials: String?

        /// Takes what matters from the settings of a transfer, and the credentials by name.
        package init(_ settings: TransferSettings, credentials: String? = nil) {
            self.credentials = credentials
            proxy = settings.proxy
            noProxy = settings.noProxy
            caFile = settings.caFile
            insecure = settings.insecure
            connectTimeout = settings.connectTimeout
            bindAddress = settings.bindAddress
        }
    }

    private let direct: HTTPClient
    private let proxied: HTTPClient?
    /// Asks for HTTP/2, over which many small files come through one connection.
    private let multiplexed: HTTPClient
    private let noProxy: [String]
    private let proxyName: String?
    /// How the connections of requests that are sent again are made.
    private let anew: HTTPClient.Configuration
    private let fresh = NIOLockedValueBox<[Bool: HTTPClient]?>([:])

    /// Prepares connections; none is made before the first request.
    ///
    /// - Throws: ``Failure`` with `configuration` where the CA file cannot be read or the proxy is
    ///   no URL.
    package init(_ key: Key, proxyLogin: Grant? = nil) throws(Failure) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        // A connection that is given up has more to read: nobody waits for the server's farewell.
        tls.shutdownTimeout = .milliseconds(10)
        if key.insecure { tls.certificateVerification = .none }
        if let path = key.caFile {
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(path)
                tls.additionalTrustRoots = [.certificates(certificates)]
            } catch {
                throw Failure(
                    .configuration,
                    "the CA file \(path) cannot be used",
                    hint: "ca-file names a readable file with PEM certificates",
                    cause: "\(error)"
                )
            }
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.localAddress = key.bindAddress
        configuration.timeout = .init(connect: .init(key.connectTimeout), read: nil)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        // Larger reads than this save nothing and cost memory (measured).
        let bufferSize = 65_536
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.setOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: bufferSize)
            )
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let proxy = try key.proxy.map { (url) throws(Failure) in
            try HTTPSession.proxy(url, login: proxyLogin)
        }
        direct = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        var many = configuration
        many.httpVersion = .automatic
        multiplexed = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: many)
        noProxy = key.noProxy
        proxyName = key.proxy.map(SourceURL.redact)
        configuration.proxy = proxy
        proxied =
            proxy == nil
            ? nil
            : HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        anew = configuration
    }

    private static func proxy(
        _ url: String,
        login: Grant?
    ) throws(Failure) -> HTTPClient.Configuration.Proxy {
        guard let components = URLComponents(string: url), let host = components.host,
            !host.isEmpty, components.user == nil,
            let scheme = components.scheme?.lowercased(),
            ["http", "socks5", "socks5h"].contains(scheme)
        else {
            throw Failure(
                .configuration,
                "the proxy is no URL that adm can use",
                hint: "write http://host:port or socks5://host:port; adm auth login --type proxy"
                    + " stores its user name and password"
            )
        }
        guard scheme == "http" else {
            guard login == nil else {
                throw Failure(
                    .configuration,
                    "adm cannot log in to a SOCKS proxy",
                    hint: "use an HTTP proxy, or one that asks for no password"
                )
            }
            return .socksServer(host: host, port: components.port ?? 1080)
        }
        let port = components.port ?? 8080
        guard let login else { return .server(host: host, port: port) }
        return .server(
            host: host,
            port: port,
            authorization: .basic(credentials: login.basicToken)
        )
    }

    /// The client for a URL: through the proxy, unless the host is excepted.
    ///
    /// One of many files may come over HTTP/2 (RFC 9113); large ones are twice as fast over HTTP/1.1.
    func client(for url: SourceURL, isOneOfMany: Bool = false) -> HTTPClient {
        if let proxied, proxy(for: url) != nil { return proxied }
        return isOneOfMany && url.origin.scheme == "https" ? multiplexed : direct
    }

    /// A client for requests whose connection was closed before an answer.
    ///
    /// Where each of them says `Connection: close`, none gets a connection that has rested. After the end of
    /// the session it is a client that is closed.
    func freshClient(for url: SourceURL) -> HTTPClient {
        var configuration = anew
        if proxy(for: url) == nil { configuration.proxy = nil }
        let isProxied = configuration.proxy != nil
        return fresh.withLockedValue { [configuration, direct] clients in
            guard clients != nil else { return direct }
            if let client = clients?[isProxied] { return client }
            let client = HTTPClient(
                eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
                configuration: configuration
            )
            clients?[isProxied] = client
            return client
        }
    }

    /// The proxy that a URL is reached through; nil for none.
    func proxy(for url: SourceURL) -> String? {
        HTTPSession.excepts(url.origin.host, from: noProxy) ? nil : proxyName
    }

    /// The proxy that a URL is reached through with some settings; nil for none.
    package static func proxy(for url: SourceURL, _ settings: TransferSettings) -> String? {
        excepts(url.origin.host, from: settings.noProxy) ? nil : settings.proxy
    }

    /// Whether a list of exceptions names a host: itself, a parent domain, or `*` for all.
    static func excepts(_ host: String, from list: [String]) -> Bool {
        list.contains { entry in
            let name = entry.lowercased().drop { $0 == "." }
            return entry == "*" || host == name || (!name.isEmpty && host.hasSuffix("." + name))
        }
    }

    /// Closes all connections.
    package func shutdown() async {
        let later = fresh.withLockedValue { clients in
            defer { clients = nil }
            return Array((clients ?? [:]).values)
        }
        for client in [direct, multiplexed, proxied].compactMap(\.self) + later {
            try? await client.shutdown()
        }
    }
}
