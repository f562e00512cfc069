import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One request and its answer on a stream of an HTTP/2 connection (RFC 9113 §8.1).
final class HTTP2Stream: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let task: RequestTask
    private let route: Route
    private let watch: ConnectionWatch
    private var context: ChannelHandlerContext?
    private var delivery: AnswerDelivery?
    private var interim = 0
    private var hasHead = false
    private var isWhole = false

    /// Sends a request as soon as the stream is open.
    init(_ task: RequestTask, route: Route, watch: ConnectionWatch) {
        self.task = task
        self.route = route
        self.watch = watch
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.streamBegan()
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watch.streamEnded()
    }

    func channelActive(context: ChannelHandlerContext) { begin(context) }

    private func begin(_ context: ChannelHandlerContext) {
        guard delivery == nil else { return }
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        let isWanted = task.begin { reason in
            loop.execute { bound.value.delivery?.cancel(reason) }
        }
        guard isWanted else { return context.close(mode: .all, promise: nil) }
        delivery = AnswerDelivery(task, eventLoop: loop) {
            self.context?.read()
        } ended: { _ in
            self.delivery = nil
            // Before its end, this resets the stream.
            self.context?.close(mode: .all, promise: nil)
        }
        let head = HTTP2Frame.FramePayload.Headers(
            headers: task.request.fields(over: route),
            endStream: true
        )
        context.writeAndFlush(wrapOutboundOut(.headers(head)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let block):
            do throws(AnswerProblem) { try take(block.headers) } catch {
                // HTTP/1.1 may give an answer that can be read.
                delivery?.fail(HTTP2Broken(cause: error))
                return context.close(mode: .all, promise: nil)
            }
            if block.endStream { end() }
        case .data(let part):
            if case .byteBuffer(let bytes) = part.data, bytes.readableBytes > 0, hasHead {
                delivery?.take(.body(bytes))
            }
            if part.endStream { end() }
        default: break
        }
    }

    /// Takes a head, final or not, or a trailer, which changes nothing that adm decides by.
    private func take(_ fields: HPACKHeaders) throws(AnswerProblem) {
        guard !hasHead else { return }
        let status = try AnswerHead.status(fields.first(name: ":status") ?? "")
        guard status >= 200 else {
            interim += 1
            guard interim <= AnswerParser.interimLimit, status != 101 else {
                throw .notHTTP("it answers with status \(status) without end")
            }
            return
        }
        // The decoder replaces what is not UTF-8; HTTP/1.1 gives the same fields byte by byte.
        guard !fields.contains(where: { HTTP2Stream.hasLostBytes($0.name, $0.value) }) else {
            throw .notHTTP("it sends a field in bytes that are not UTF-8")
        }
        hasHead = true
        let headers = fields.filter { !$0.name.hasPrefix(":") }.map { ($0.name, $0.value) }
        delivery?.take(
            .head(
                HTTPResponseHead(
                    version: .http2,
                    status: HTTPResponseStatus(statusCode: status),
                    headers: HTTPHeaders(headers)
                )
            )
        )
    }

    /// Whether a field that is used as it is written was not UTF-8.
    private static func hasLostBytes(_ name: String, _ value: String) -> Bool {
        ["content-disposition", "link", "location", "www-authenticate"].contains(name)
            && value.unicodeScalars.contains("\u{FFFD}")
    }

    private func end() {
        guard hasHead, !isWhole else { return }
        isWhole = true
        delivery?.take(.end)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if delivery?.isReady == true { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) { lose(ChannelError.ioOnClosedChannel) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lose(error)
        context.close(mode: .all, promise: nil)
    }

    private func lose(_ error: any Error) {
        guard !isWhole else { return }
        delivery?.fail(watch.failure.map { HTTP2Broken(cause: $0) } ?? error)
    }
}
