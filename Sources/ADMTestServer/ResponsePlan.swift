import ADMModel

/// Everything that is going to be sent as the answer to one request.
struct ResponsePlan {
    /// The status; 0 for raw bytes.
    var status: Int
    /// Status line and headers, interim answers before them.
    var head: [UInt8]
    /// The body.
    var parts: [BodyPart] = []
    /// Where pattern parts come from.
    var block: TestBlock?
    /// The offset of a byte of the file that is sent wrong.
    var corruptByte: Int64?
    /// Whether the body is chunked.
    var isChunked = false
    /// The highest rate in bytes per second.
    var bytesPerSecond: Int?
    /// The time to let pass before the head.
    var latency = Duration.zero
    /// What happens in the middle of the body.
    var interruption: PlannedInterruption?
    /// What follows the last byte.
    var ending = Ending.keepAlive
    /// The first range asked for.
    var askedRange: ByteRange?
    /// The offset in the file of the first body byte, if the body is one part of the file.
    var start: Int64?
    /// The token that the answer uses up.
    var token: String?

    /// One piece of a body.
    enum BodyPart {
        /// Bytes of the file.
        case pattern(ByteRange)
        /// Other bytes.
        case literal([UInt8])

        var count: Int64 {
            switch self {
            case .pattern(let range): range.count
            case .literal(let bytes): Int64(bytes.count)
            }
        }
    }

    /// An interruption at a known place.
    struct PlannedInterruption {
        var offset: Int64
        var effect: ServedInterruption.Effect
    }

    /// What follows the last byte.
    enum Ending {
        case keepAlive
        case close
        case cut
        case reset
    }

    /// The length of the body in bytes.
    var bodyLength: Int64 { parts.reduce(0) { $0 + $1.count } }
}
