import HummingbirdCore
import NIOCore
import Synchronization

/// Notices a client that does not take what is sent to it.
final class WriteWatch: Sendable {
    /// How long a client may leave something untaken.
    static let patience = Duration.seconds(30)

    private let began = Mutex<ContinuousClock.Instant?>(nil)

    /// Something is on its way to the client.
    func begin() { began.withLock { $0 = .now } }

    /// The client has taken it, or is gone.
    func end() { began.withLock { $0 = nil } }

    /// Calls `cut` as soon as one writing takes too long; ends when the task is cancelled.
    func guardConnection(cut: @Sendable () -> Void) async throws {
        while true {
            try await Task.sleep(for: .seconds(2))
            let since = began.withLock(\.self)
            if let since, ContinuousClock.now - since > WriteWatch.patience { return cut() }
        }
    }
}

extension ResponseBodyWriter {
    /// Sends a text and waits until the client has taken most of it.
    @concurrent
    mutating func send(_ text: String, _ watch: WriteWatch) async throws {
        watch.begin()
        defer { watch.end() }
        try await write(ByteBuffer(string: text))
    }
}
