import NIOCore
import NIOHTTP1

/// Serves the requests of one connection, one after the other.
///
/// It only carries out what ``ServedFile`` decides and ``ServedTransfer`` says next. Heads are written as
/// bytes, because most faults could not pass a well-behaved encoder.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// The user inbound event that ends a stall.
    struct StallReleased: Sendable {}

    private let state: ObservedState<ServerState>
    private let scheme: String
    private var connection = 0
    private var arriving: HTTPRequestHead?
    private var waiting: [HTTPRequestHead] = []
    private var answer: Answer?
    private var timer: Scheduled<Void>?
    private var isPumping = false
    private var isBroken = false

    private struct Answer {
        let id: Int
        var transfer: ServedTransfer
        /// Blocks that were written and not yet taken by the operating system.
        var underWay = 0
        /// Set when the last block has been written.
        var ending: ResponsePlan.Ending?
        /// Set when the last block before a stall has been written.
        var isSilent = false
    }

    init(state: ObservedState<ServerState>, scheme: String) {
        self.state = state
        self.scheme = scheme
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = state.update { $0.opened(context.channel) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        waiting = []
        if let answer {
            self.answer = nil
            state.update { $0.ended(answer.id, isBroken ? .broken : .abandoned) }
        }
        state.update { $0.closed(connection) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): arriving = head
        case .body: break
        case .end:
            guard let head = arriving else { return }
            arriving = nil
            waiting.append(head)
            answerNext(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is StallReleased {
            answer?.transfer.release()
            answer?.isSilent = false
            pump(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        if event is AbruptClosing.Request { isBroken = true }
        context.triggerUserOutboundEvent(event, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, answer == nil else {
            context.close(promise: nil)
            return
        }
        let text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        let closing = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
            .whenComplete { _ in closing.value.close(promise: nil) }
    }

    private func answerNext(_ context: ChannelHandlerContext) {
        guard answer == nil, !waiting.isEmpty else { return }
        let port = context.channel.localAddress?.port ?? 0
        let request = ServerRequest(waiting.removeFirst(), scheme: scheme, port: port)
        let remotePort = context.channel.remoteAddress?.port ?? 0
        let (id, plan) = state.update {
            $0.begin(request, connection: connection, remotePort: remotePort)
        }
        answer = Answer(id: id, transfer: ServedTransfer(plan, now: .now()))
        guard plan.latency > .zero else {
            start(plan, context)
            return
        }
        schedule(at: .now() + TimeAmount(plan.latency), context) { handler, context in
            handler.start(plan, context)
        }
    }

    private func start(_ plan: ResponsePlan, _ context: ChannelHandlerContext) {
        guard let id = answer?.id else { return }
        // The rate counts from the head on, not from the request.
        answer?.transfer = ServedTransfer(plan, now: .now())
        state.update { $0.answered(id) }
        write(ByteBuffer(bytes: plan.head), bodyBytes: 0, context)
        pump(context)
    }

    /// Writes as much as the connection takes now.
    private func pump(_ context: ChannelHandlerContext) {
        guard !isPumping, timer == nil, answer != nil else { return }
        isPumping = true
        defer { isPumping = false }
        var hasMore = true
        while hasMore, context.channel.isWritable, answer?.ending == nil,
            let action = answer?.transfer.next(now: .now())
        {
            hasMore = perform(action, context)
        }
        context.flush()
        // Flushing may have made room at once. Other connections of the loop get their turn first.
        guard hasMore, context.channel.isWritable, answer != nil, answer?.ending == nil else {
            return
        }
        schedule(at: .now(), context) { handler, context in handler.pump(context) }
    }

    /// Carries out one step; false if the next one has to wait for something.
    private func perform(_ action: ServedTransfer.Action, _ context: ChannelHandlerContext) -> Bool
    {
        switch action {
        case .write(let buffers, let bodyBytes):
            for buffer in buffers.dropLast() { write(buffer, bodyBytes: 0, context) }
            if let last = buffers.last { write(last, bodyBytes: bodyBytes, context) }
            return true
        case .wait(let deadline):
            schedule(at: deadline, context) { handler, context in handler.pump(context) }
            return false
        case .stall:
            answer?.isSilent = true
            concludeIfSent(context)
            return false
        case .end(let ending):
            answer?.ending = ending
            concludeIfSent(context)
            return false
        }
    }

    private func write(_ buffer: ByteBuffer, bodyBytes: Int, _ context: ChannelHandlerContext) {
        guard let id = answer?.id, buffer.readableBytes > 0 else { return }
        answer?.underWay += 1
        context.write(wrapOutboundOut(buffer)).assumeIsolated().whenSuccess {
            guard self.answer?.id == id else { return }
            self.answer?.underWay -= 1
            if bodyBytes > 0 { self.state.update { $0.wrote(id, bytes: bodyBytes) } }
            self.concludeIfSent(context)
        }
    }

    private func concludeIfSent(_ context: ChannelHandlerContext) {
        guard let answer, answer.underWay == 0 else { return }
        if answer.isSilent { state.update { $0.stall(answer.id, context.channel) } }
        guard let ending = answer.ending else { return }
        self.answer = nil
        switch ending {
        case .keepAlive, .close: state.update { $0.ended(answer.id, .complete) }
        case .cut, .reset: state.update { $0.ended(answer.id, .broken) }
        }
        switch ending {
        case .keepAlive: answerNext(context)
        case .close: context.close(promise: nil)
        case .cut: context.triggerUserOutboundEvent(AbruptClosing.Request.cut, promise: nil)
        case .reset: context.triggerUserOutboundEvent(AbruptClosing.Request.reset, promise: nil)
        }
    }

    private func schedule(
        at deadline: NIODeadline,
        _ context: ChannelHandlerContext,
        _ body: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            body(self, context)
        }
    }
}
