import NIOCore

/// Closes the connection of a client that takes too long over a body.
struct BodyDeadline: Sendable {
    /// How long a short body, or the next part of a long one, may take.
    static let patience = TimeAmount.seconds(30)

    private let alarm: Scheduled<Void>

    /// Begins to wait.
    init(_ channel: any Channel) {
        alarm = channel.eventLoop.scheduleTask(in: BodyDeadline.patience) {
            channel.close(promise: nil)
        }
    }

    /// It has come.
    func met() { alarm.cancel() }
}
