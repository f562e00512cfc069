import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of a TLS handshake and looks at whom it was made with, before a request leaves.
final class TLSHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let host: String
    private let isVerified: Bool
    private let done: EventLoopPromise<Bool>

    /// Leaves the pipeline and succeeds `done` with whether the server chose HTTP/2; fails it with ``WrongPeer`` if the certificate is
    /// for others than `host`.
    init(_ host: String, isVerified: Bool, done: EventLoopPromise<Bool>) {
        self.host = host
        self.isVerified = isVerified
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if isVerified {
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            let names = certificate.map(PeerNames.init) ?? PeerNames()
            guard names.include(host) else {
                done.fail(WrongPeer(names))
                return context.close(mode: .all, promise: nil)
            }
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        done.succeed(negotiated == "h2")
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(HandshakeCutOff())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(mode: .all, promise: nil)
    }
}

/// The server ended the connection in the middle of the TLS handshake.
struct HandshakeCutOff: Error {}
