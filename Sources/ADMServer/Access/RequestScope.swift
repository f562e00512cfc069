import ADMModel
import Hummingbird
import NIOCore

/// What belongs to one request.
struct RequestScope: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel
    /// The identifier of the request, for the log and for the caller.
    let identifier: String
    /// Where it came in.
    var door: Door?
    /// Whether a process of the same user asks, as the kernel says.
    var isOwner = false
    /// Who asks.
    var caller = Caller.nobody

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        identifier = HexText.encode(UInt64.random(in: 0...UInt64.max))
    }
}
