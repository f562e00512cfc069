package import ADMModel
package import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

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
        let userAgent: String
        let credentials: String?
        let publicOnly: Bool

        /// Takes what matters from the settings of a transfer, and the credentials by name.
        package init(_ settings: TransferSettings, credentials: String? = nil) {
            self.credentials = credentials
            proxy = settings.proxy
            noProxy = settings.noProxy
            caFile = settings.caFile
            insecure = settings.insecure
            connectTimeout = settings.connectTimeout
            bindAddress = settings.bindAddress
            userAgent = settings.userAgent
            publicOnly = settings.publicOnly
        }
    }

    private typealias Pool = ConnectionPool<
        SourceURL.Origin, HTTP1Connection, HTTP2Connection, RequestTask
    >

    private struct State: Sendable {
        var pool = Pool()
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let state: NIOLockedValueBox<State>
    private let group = EventLoops.group
    private let dialer: Dialer
    private let proxy: ProxyEndpoint?
    private let noProxy: [String]
    private let proxyName: String?
    /// What takes note of connections and requests; it never gets a secret.
    let logger: Logger

    /// Prepares connections; none is made before the first request.
    ///
    /// - Throws: ``Failure`` with `configuration` if the CA file cannot be read, or the proxy or the address
    ///   to connect from is not valid.
    package init(
        _ key: Key,
        proxyLogin: Grant? = nil,
        logger: Logger = .silent
    ) throws(Failure) {
        self.logger = logger
        let state = NIOLockedValueBox(State())
        self.state = state
        dialer = Dialer(
            trust: try TLSTrust(caFile: key.caFile, isVerified: !key.insecure),
            timeout: key.connectTimeout,
            bindAddress: try key.bindAddress.map { (text) throws(Failure) in
                try HTTPSession.address(text)
            },
            userAgent: key.userAgent,
            publicOnly: key.publicOnly,
            opened: { HTTPSession.track($0, in: state) }
        )
        proxy = try key.proxy.map { (url) throws(Failure) in
            try ProxyEndpoint(url, login: proxyLogin)
        }
        noProxy = key.noProxy
        proxyName = key.proxy.map(SourceURL.redact)
    }

    private static func address(_ text: String) throws(Failure) -> SocketAddress {
        do { return try SocketAddress(ipAddress: text, port: 0) } catch {
            throw Failure(
                .configuration,
                "bind-address \(text.debugDescription) is not an IP address",
                hint: "ip address shows the addresses of this machine"
            )
        }
    }

    /// Sends a request over a connection that rests, is shared, or is made for it.
    ///
    /// A fresh request gets a connection of its own, which ends with it. One of many files may come over HTTP/2
    /// (RFC 9113); large ones are twice as fast over HTTP/1.1.
    func start(_ request: Request, receiver: BodyReceiver, isOneOfMany: Bool) -> RequestTask {
        let task = RequestTask(request, receiver: receiver)
        let route = Route(
            origin: request.url.origin,
            proxy: proxy(for: request.url) == nil ? nil : proxy
        )
        let mayShare = isOneOfMany && route.isSecure && route.proxy == nil && request.isText
        carry(task, route, mayShare: mayShare)
        return task
    }

    private func carry(_ task: RequestTask, _ route: Route, mayShare: Bool) {
        let choice = state.withLockedValue { state -> Pool.Choice? in
            guard !state.isClosed else { return nil }
            return state.pool.choose(
                route.origin,
                mayShare: mayShare,
                isFresh: task.request.closes,
                waiter: task
            )
        }
        switch choice {
        case nil: task.end(.failure(CancellationError()))
        case .wait: break
        case .single(let connection): connection.send(task, isRested: true)
        case .shared(let connection): connection.send(task)
        case .dial(let offersSharing): dial(task, route, offersSharing: offersSharing)
        }
    }

    private func dial(_ task: RequestTask, _ route: Route, offersSharing: Bool) {
        let line = dialer.dial(route, offersHTTP2: offersSharing, on: group.next())
        line.flatMap(\.channel.closeFuture).whenComplete { [state] _ in
            state.withLockedValue { $0.pool.closed(route.origin) }
        }
        line.whenComplete { [self] result in
            do {
                let line = try result.get()
                logOpened(line, route)
                if line.speaksHTTP2 {
                    try share(line.channel, task, route)
                } else {
                    try serve(line.channel, task, route)
                    if offersSharing { carryWaiting(route, isKnown: true) }
                }
            } catch {
                logger.debug(
                    "connection failed",
                    metadata: [
                        "origin": "\(route.origin)",
                        "reason": "\(Failure(transport: error, url: task.request.url).message)",
                    ]
                )
                task.end(.failure(error))
                if offersSharing { carryWaiting(route, isKnown: false) }
            }
        }
    }

    private func logOpened(_ line: Dialer.Line, _ route: Route) {
        logger.debug(
            "connection opened",
            metadata: [
                "origin": "\(route.origin)", "proxy": "\(route.proxy == nil ? "none" : "used")",
                "protocol": "\(line.speaksHTTP2 ? "HTTP/2" : "HTTP/1.1")",
            ]
        )
        guard logger.logLevel <= .debug else { return }
        line.channel.closeFuture.whenComplete { [logger] _ in
            logger.debug("connection closed", metadata: ["origin": "\(route.origin)"])
        }
    }

    private func serve(_ channel: any Channel, _ task: RequestTask, _ route: Route) throws {
        try channel.syncOptions?.setOption(.autoRead, value: false)
        let connection = try HTTP1Connection(channel, route: route) { [state] connection in
            state.withLockedValue { $0.pool.rest(connection, route.origin) }
        }
        // The channel keeps the connection as long as it is open.
        channel.closeFuture.whenComplete { [state, connection] _ in
            state.withLockedValue { $0.pool.lose(connection, route.origin) }
        }
        connection.send(task, isRested: false)
    }

    private func share(_ channel: any Channel, _ task: RequestTask, _ route: Route) throws {
        let connection = try HTTP2Connection(channel, route: route) { [state] connection, event in
            state.withLockedValue { state in
                switch event {
                case .limited(let count): state.pool.limit(connection, route.origin, to: count)
                case .ended: state.pool.ended(connection, route.origin)
                case .retired(let isBroken):
                    state.pool.retire(connection, route.origin, isBroken: isBroken)
                }
            }
        }
        let waiting = state.withLockedValue { $0.pool.made(connection, route.origin) }
        connection.send(task)
        for task in waiting { carry(task, route, mayShare: true) }
    }

    private func carryWaiting(_ route: Route, isKnown: Bool) {
        let waiting = state.withLockedValue { $0.pool.notShared(route.origin, isKnown: isKnown) }
        for task in waiting { carry(task, route, mayShare: true) }
    }

    private static func track(_ channel: any Channel, in state: NIOLockedValueBox<State>) {
        let id = ObjectIdentifier(channel)
        let isClosed = state.withLockedValue { state in
            state.channels[id] = channel
            return state.isClosed
        }
        if isClosed { channel.close(mode: .all, promise: nil) }
        channel.closeFuture.whenComplete { _ in
            state.withLockedValue { $0.channels[id] = nil }
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

    /// Closes connections to a host that rest, as many as there are more than `count`.
    ///
    /// - Returns: How many of `count` are left for others.
    func closeResting(_ host: String, beyond count: Int) -> Int {
        let (singles, shared, left) = state.withLockedValue { state in
            state.pool.takeResting(beyond: count) { $0.host == host }
        }
        for connection in singles { connection.close() }
        for connection in shared { connection.close() }
        return max(0, count - left)
    }

    /// Closes all connections, those that are being made too, and waits until they are closed.
    package func shutdown() async {
        let channels = state.withLockedValue { state in
            state.isClosed = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(mode: .all, promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}
