import NIOCore

/// Counts the frames of an HTTP/2 connection that bring nothing, and says when there are too many
/// (RFC 9113 §10.5).
///
/// Bytes of a body pay for frames; PING, SETTINGS, PRIORITY, RST_STREAM, WINDOW_UPDATE, CONTINUATION, empty
/// DATA and unknown frames cost. A value: it sees frame headers only and keeps no payload.
struct FrameBudget {
    private var header: [UInt8] = []
    private var skip = 0
    private(set) var debt = 0

    /// How many frames without progress are tolerated, beside those that bytes have paid for.
    static let limit = 1_000
    /// This many bytes of a frame that is not known cost as much as a frame.
    private static let share = 1_024
    /// How many frames a frame with bytes pays for.
    private static let worth = 8

    init() { header.reserveCapacity(9) }

    /// Looks at bytes of the connection.
    ///
    /// - Returns: Whether the budget still holds.
    mutating func spend(_ bytes: ByteBufferView) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            if skip > 0 {
                let count = min(skip, rest.count)
                rest = rest.dropFirst(count)
                skip -= count
                continue
            }
            let taken = rest.prefix(9 - header.count)
            header += taken
            rest = rest.dropFirst(taken.count)
            guard header.count == 9 else { break }
            count(header)
            header.removeAll(keepingCapacity: true)
            guard debt <= FrameBudget.limit else { return false }
        }
        return true
    }

    /// Length, type, flags and stream of a frame (RFC 9113 §4.1).
    private mutating func count(_ header: [UInt8]) {
        let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
        let flags = header[4]
        skip = length
        switch header[3] {
        // Bytes of a body; padding alone is none.
        case 0x0 where length > (flags & 0x08 == 0 ? 0 : 256):
            debt = max(0, debt - FrameBudget.worth)
        // An answer without a body; a second one on its stream is an error.
        case 0x1 where flags & 0x01 != 0: break
        case 0x9: debt += 50
        // Frames of extensions (RFC 9113 §5.5), which cost what they bring.
        case 0xA...: debt += 1 + length / FrameBudget.share
        default: debt += 1
        }
    }
}

/// A server sends frames without end that bring nothing.
struct FrameFlood: Error {}

/// Watches the frames that arrive and ends the connection at too many without progress.
final class FrameGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var budget = FrameBudget()
    private var isFlooded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFlooded else { return }
        guard budget.spend(unwrapInboundIn(data).readableBytesView) else {
            isFlooded = true
            context.fireErrorCaught(FrameFlood())
            context.close(mode: .all, promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
