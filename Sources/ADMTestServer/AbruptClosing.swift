import Glibc
import NIOCore

/// Closes a connection without the courtesies of the layers above.
///
/// It stands first in the pipeline, before TLS, so that no `close_notify` is sent.
final class AbruptClosing: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    /// The user outbound event that asks for it.
    enum Request: Sendable {
        /// Ordinary end of the TCP connection.
        case cut
        /// RST.
        case reset
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard let request = event as? Request else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if case .reset = request, let options = context.channel as? any SocketOptionProvider {
            // With a linger time of zero close(2) sends RST and drops what is queued (socket(7)).
            // On the channel's own event loop the option is set before the call returns.
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: promise)
    }
}
