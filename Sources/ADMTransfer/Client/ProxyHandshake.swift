import ADMModel
import NIOCore
import NIOHTTP1

/// What is said to a proxy before it hands bytes on, as a value.
protocol ProxyConversation {
    /// What is sent first.
    var opening: [UInt8] { get }

    /// Reads what the proxy says.
    ///
    /// - Returns: What to say next, nothing if more bytes are needed; nil if the way is open.
    /// - Throws: ``Failure`` if the proxy refuses; ``AnswerProblem`` if it makes no sense.
    mutating func answer(to bytes: inout ByteBuffer) throws -> [UInt8]?
}

/// Talks to a proxy until the way to the server is open.
final class ProxyHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var conversation: any ProxyConversation
    private let done: EventLoopPromise<Void>
    private var held = ByteBuffer()

    /// Succeeds `done` once the proxy hands bytes on.
    init(_ conversation: any ProxyConversation, done: EventLoopPromise<Void>) {
        self.conversation = conversation
        self.done = done
    }

    func handlerAdded(context: ChannelHandlerContext) { send(conversation.opening, context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        held.writeBuffer(&bytes)
        do {
            guard let next = try conversation.answer(to: &held) else {
                // A server that is spoken to first has said nothing yet.
                guard held.readableBytes == 0 else {
                    throw AnswerProblem.notHTTP("it says more than it was asked for")
                }
                context.pipeline.syncOperations.removeHandler(self, promise: nil)
                return done.succeed()
            }
            if !next.isEmpty { send(next, context) }
        } catch { fail(error, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(AnswerProblem.closedUnanswered)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        done.fail(error)
        context.close(mode: .all, promise: nil)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}

/// Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6).
struct ConnectConversation: ProxyConversation {
    let opening: [UInt8]
    private var parser = AnswerParser()
    private let origin: SourceURL.Origin

    /// Asks for a tunnel to the server of a route.
    init(_ route: Route, userAgent: String) {
        origin = route.origin
        let authority = route.authority(always: true)
        var text = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n"
        if let proof = route.proxy?.authorization { text += "Proxy-Authorization: \(proof)\r\n" }
        opening = Array((text + "User-Agent: \(userAgent)\r\n\r\n").utf8)
    }

    mutating func answer(to bytes: inout ByteBuffer) throws -> [UInt8]? {
        guard case .head(let head)? = try parser.next(&bytes) else { return [] }
        let status = Int(head.status.code)
        guard !(200...299).contains(status) else { return nil }
        guard status != 407 else { throw Failure.proxyLogin }
        throw Failure(
            .network,
            "the proxy did not connect to \(origin)",
            cause: "it answers with status \(status)"
        )
    }
}

/// Asks a SOCKS 5 proxy for a connection by name (RFC 1928), with a password if there is one (RFC 1929).
struct SOCKSConversation: ProxyConversation {
    private enum Step {
        case method
        case login
        case connection
    }

    private var step = Step.method
    private let login: ProxyEndpoint.Login?
    private let origin: SourceURL.Origin

    /// Asks for a connection to the server of a route.
    init(_ route: Route) {
        login = route.proxy?.login
        origin = route.origin
    }

    var opening: [UInt8] { login == nil ? [5, 1, 0] : [5, 2, 0, 2] }

    mutating func answer(to bytes: inout ByteBuffer) throws -> [UInt8]? {
        switch step {
        case .method:
            guard let answer = bytes.readBytes(length: 2) else { return [] }
            switch (answer[0], answer[1], login) {
            case (5, 0, _): return try connect()
            case (5, 2, let login?):
                step = .login
                return [1, UInt8(clamping: login.user.count)] + login.user
                    + [UInt8(clamping: login.password.count)] + login.password
            case (5, _, _): throw Failure.proxyLogin
            default: throw refusal("it does not speak SOCKS 5")
            }
        case .login:
            guard let answer = bytes.readBytes(length: 2) else { return [] }
            guard answer[1] == 0 else { throw Failure.proxyLogin }
            return try connect()
        case .connection: return try bound(&bytes)
        }
    }

    private mutating func connect() throws -> [UInt8] {
        step = .connection
        let address = PeerNames.address(origin.host)
        let target: [UInt8]
        if let address {
            target = [address.count == 4 ? 1 : 4] + address
        } else {
            let name = Array(origin.host.utf8)
            guard name.count <= 255 else { throw refusal("the host name is too long for SOCKS") }
            target = [3, UInt8(clamping: name.count)] + name
        }
        let port = UInt16(clamping: origin.port)
        return [5, 1, 0] + target + [UInt8(port >> 8), UInt8(port & 0xFF)]
    }

    /// Reads the reply, whose length depends on the kind of its address.
    private func bound(_ bytes: inout ByteBuffer) throws -> [UInt8]? {
        let view = Array(bytes.readableBytesView.prefix(5))
        guard view.count >= 2 else { return [] }
        guard view[0] == 5, view[1] == 0 else {
            throw refusal(SOCKSConversation.reason(view[1]))
        }
        guard view.count == 5 else { return [] }
        let address =
            switch view[3] {
            case 1: 4
            case 3: 1 + Int(view[4])
            case 4: 16
            default: throw refusal("its reply makes no sense")
            }
        return bytes.readSlice(length: 4 + address + 2) == nil ? [] : nil
    }

    private func refusal(_ cause: String) -> Failure {
        Failure(.network, "the proxy did not connect to \(origin)", cause: cause)
    }

    /// What a reply says (RFC 1928 §6).
    private static func reason(_ code: UInt8) -> String {
        switch code {
        case 2: "its rules forbid it"
        case 3: "the network is unreachable"
        case 4: "the host is unreachable"
        case 5: "the connection was refused"
        case 6: "the time to live has run out"
        case 8: "it cannot use such an address"
        default: "it failed with code \(code)"
        }
    }
}
