import NIOCore

/// One connection that carries HTTP/1.1 requests, one after the other (RFC 9112).
///
/// Nothing is read that nobody waits for: the receiver's pace is the connection's pace.
final class HTTP1Connection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTP1Handler>

    /// Takes over a channel, on its event loop; `rested` is called when the connection may carry another
    /// request.
    init(
        _ channel: any Channel,
        route: Route,
        rested: @escaping @Sendable (HTTP1Connection) -> Void
    ) throws {
        self.channel = channel
        let handler = HTTP1Handler(route: route)
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        handler.rested = { [weak self] in if let self { rested(self) } }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Sends a request.
    ///
    /// If the connection has ended in the meantime, the request ends as one whose connection the server closed.
    func send(_ task: RequestTask, isRested: Bool) {
        task.carrier = isRested ? .rested : .new
        channel.eventLoop.execute { [handler] in handler.value.begin(task) }
    }

    /// Closes the connection.
    func close() { channel.close(mode: .all, promise: nil) }
}

/// The end of the pipeline of an HTTP/1.1 connection.
private final class HTTP1Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let route: Route
    private var context: ChannelHandlerContext?
    private var task: RequestTask?
    private var delivery: AnswerDelivery?
    private var parser = AnswerParser()
    /// What is being read.
    private var held = ByteBuffer()
    /// What arrived after that: it is not copied behind it, unless a head or a chunk size is in two pieces.
    private var arrived = CircularBuffer<ByteBuffer>()
    /// Whether the answer left the connection fit for another request.
    private var isReusable = false
    /// Why nothing more arrives; nil while something may.
    private var inputEnd: InputEnd?
    private var idleTimer: Scheduled<Void>?
    var rested: (() -> Void)?

    private enum InputEnd {
        case closed
        case failed(any Error)
    }

    /// How long a connection may rest.
    private static let restLimit = TimeAmount.seconds(60)

    init(route: Route) { self.route = route }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: - Requests

    func begin(_ task: RequestTask) {
        idleTimer?.cancel()
        let loop = context?.eventLoop
        guard let context, let loop, inputEnd == nil, delivery == nil else {
            task.end(.failure(ChannelError.ioOnClosedChannel))
            return
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let isWanted = task.begin { reason in
            loop.execute { bound.value.cancel(task, reason) }
        }
        guard isWanted else { return rest() }
        self.task = task
        // They hold each other until the answer has ended.
        delivery = AnswerDelivery(task, eventLoop: loop) {
            self.advance()
        } ended: {
            self.ended($0)
        }
        var bytes = context.channel.allocator.buffer(capacity: 1_024)
        task.request.head(over: route, into: &bytes)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.read()
    }

    private func cancel(_ task: RequestTask, _ reason: any Error) {
        guard self.task === task else { return }
        delivery?.cancel(reason)
    }

    private func ended(_ error: (any Error)?) {
        let isReusable = self.isReusable
        delivery = nil
        task = nil
        // Bytes behind an answer that nobody asked for make the connection useless, too.
        guard error == nil, isReusable, inputEnd == nil, held.readableBytes == 0, arrived.isEmpty,
            let context, context.channel.isActive
        else {
            context?.close(mode: .all, promise: nil)
            return
        }
        rest()
    }

    /// Waits for another request; bytes that nobody asked for, or the end, close the connection.
    private func rest() {
        guard let context else { return }
        isReusable = false
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: HTTP1Handler.restLimit) {
            [weak self] in
            guard let self, delivery == nil else { return }
            self.context?.close(mode: .all, promise: nil)
        }
        context.read()
        rested?()
    }

    // MARK: - Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard delivery != nil else {
            context.close(mode: .all, promise: nil)
            return
        }
        arrived.append(unwrapInboundIn(data))
        advance(isReading: true)
    }

    func channelReadComplete(context: ChannelHandlerContext) { advance() }

    func channelInactive(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        inputEnd = inputEnd ?? .closed
        advance()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inputEnd = inputEnd ?? .failed(error)
        advance()
        if delivery == nil { context.close(mode: .all, promise: nil) }
    }

    /// Reads and delivers until the receiver needs time, or more bytes are needed.
    private func advance(isReading: Bool = false) {
        do {
            while let delivery, delivery.isReady {
                if held.readableBytes == 0, let next = arrived.popFirst() { held = next }
                if let event = try parser.next(&held) {
                    deliver(event, to: delivery)
                    continue
                }
                if var next = arrived.popFirst() {
                    held.writeBuffer(&next)
                    continue
                }
                switch inputEnd {
                case nil:
                    if !isReading { context?.read() }
                    return
                case .closed: deliver(try parser.endOfInput(), to: delivery)
                case .failed(let error): delivery.fail(error)
                }
            }
        } catch { delivery?.fail(error) }
    }

    private func deliver(_ event: AnswerParser.Event, to delivery: AnswerDelivery) {
        switch event {
        case .head(let head): delivery.take(.head(head))
        case .body(let bytes): delivery.take(.body(bytes))
        case .end(let isReusable):
            self.isReusable = isReusable && task?.request.closes == false
            delivery.take(.end)
        }
    }
}
