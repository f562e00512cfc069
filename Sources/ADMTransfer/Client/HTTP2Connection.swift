import ADMModel
import NIOCore
import NIOHTTP2

/// One connection that carries many requests at the same time (RFC 9113).
final class HTTP2Connection: Sendable {
    private let channel: any Channel
    private let route: Route
    private let streams: HTTP2StreamMultiplexer.SendableView
    private let watch: NIOLoopBound<ConnectionWatch>

    /// What a server may send in one field block; more is asked for over HTTP/1.1.
    static let fieldLimit = 131_072

    private let happened: @Sendable (HTTP2Connection, Event) -> Void

    /// What the owner of a connection has to know.
    enum Event: Sendable, Hashable {
        /// The server allows as many requests at the same time.
        case limited(Int)
        /// A request has ended.
        case ended
        /// It takes no more requests; this comes once, and says whether HTTP/2 failed on it.
        case retired(isBroken: Bool)
    }

    /// Takes over a channel, on its event loop, and tells what happens to it.
    init(
        _ channel: any Channel,
        route: Route,
        happened: @escaping @Sendable (HTTP2Connection, Event) -> Void
    ) throws {
        self.channel = channel
        self.happened = happened
        self.route = route
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: HTTP2Connection.fieldLimit),
            HTTP2Setting(parameter: .initialWindowSize, value: 1_048_576),
        ]
        connection.maximumSequentialContinuationFrames = 16
        let handler = NIOHTTP2Handler(mode: .client, connectionConfiguration: connection)
        let multiplexer = HTTP2StreamMultiplexer(
            mode: .client,
            channel: channel,
            targetWindowSize: 8_388_608,
            outboundBufferSizeHighWatermark: 8_192,
            outboundBufferSizeLowWatermark: 4_096,
            inboundStreamInitializer: { $0.close(mode: .all) }
        )
        let watch = ConnectionWatch()
        self.watch = NIOLoopBound(watch, eventLoop: channel.eventLoop)
        streams = multiplexer.sendableView
        watch.happened = { [weak self] event in if let self { happened(self, event) } }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([FrameGuard(), handler, watch, multiplexer])
    }

    /// Closes the connection.
    func close() { channel.close(mode: .all, promise: nil) }

    /// Sends a request on a stream of its own.
    func send(_ task: RequestTask) {
        task.carrier = .shared
        let promise = channel.eventLoop.makePromise(of: (any Channel).self)
        streams.createStreamChannel(promise: promise) { [route, watch] stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(.autoRead, value: false)
                try stream.pipeline.syncOperations.addHandler(
                    HTTP2Stream(task, route: route, watch: watch.value)
                )
            }
        }
        promise.futureResult.whenComplete { [self] result in
            switch result {
            case .success(let stream):
                stream.closeFuture.whenComplete { [self] _ in happened(self, .ended) }
            case .failure(let error):
                task.end(.failure(error))
                happened(self, .ended)
            }
        }
    }
}

/// HTTP/2 does not work on a connection: the same may be asked for over HTTP/1.1.
struct HTTP2Broken: Error {
    /// What happened.
    let cause: any Error
}

/// Sees what concerns a connection as a whole, between its frames and its streams.
final class ConnectionWatch: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    var happened: ((HTTP2Connection.Event) -> Void)?
    private var isRetired = false
    /// Why HTTP/2 failed.
    private(set) var failure: (any Error)?
    /// How many streams there are, to notice a rest.
    private var streams = 0
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .goAway: retire()
        case .settings(.settings(let settings)):
            let limit = settings.last { $0.parameter == .maxConcurrentStreams }
            if let limit { happened?(.limited(limit.value)) }
        default: break
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !ConnectionWatch.concernsStream(error) {
            if !ConnectionWatch.isLoss(error) { failure = failure ?? error }
            retire()
            context.fireErrorCaught(error)
            context.close(mode: .all, promise: nil)
        } else {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        retire()
        context.fireChannelInactive()
    }

    /// A server that ended the TLS stream or the connection has not failed at HTTP/2.
    private static func isLoss(_ error: any Error) -> Bool {
        error is IOError || ConnectingFailure.isCutOff(error)
    }

    private static func concernsStream(_ error: any Error) -> Bool {
        error is NIOHTTP2Errors.StreamError || error is NIOHTTP2Errors.StreamClosed
            || error is NIOHTTP2Errors.NoSuchStream
    }

    private func retire() {
        guard !isRetired else { return }
        isRetired = true
        happened?(.retired(isBroken: failure != nil))
        if streams == 0 { context?.close(mode: .all, promise: nil) }
    }

    func streamBegan() {
        streams += 1
        timer?.cancel()
    }

    func streamEnded() {
        streams -= 1
        guard streams == 0, let context else { return }
        guard !isRetired else { return context.close(mode: .all, promise: nil) }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(60)) { [weak self] in
            self?.retire()
        }
    }
}
