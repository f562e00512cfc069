/// The last events of a workspace, as they are sent: what those who follow it need without asking the database.
struct EventRing: Sendable {
    /// An event as a message of Server-Sent Events.
    struct Message: Sendable, Hashable {
        /// The number of the event.
        let sequence: Int64
        /// The message.
        let text: String
    }

    /// How many are kept at most.
    static let capacity = 4096

    private var messages: [Message?] = []
    private var start = 0
    /// The number of the newest event that was taken.
    private(set) var last: Int64

    /// Begins after an event.
    init(after last: Int64) { self.last = last }

    /// Takes the next event.
    mutating func add(_ message: Message) {
        last = message.sequence
        if messages.count < EventRing.capacity {
            messages.append(message)
        } else {
            messages[start] = message
            start = (start + 1) % messages.count
        }
    }

    /// The events after a number, oldest first, at most `limit`; nil if some of them are not kept any more.
    func messages(after sequence: Int64, limit: Int) -> [Message]? {
        guard sequence < last else { return [] }
        let count = Int64(messages.count)
        let first = last - count + 1
        guard sequence >= first - 1, sequence >= 0 else { return nil }
        let skipped = Int(sequence - first + 1)
        let end = min(messages.count, skipped + limit)
        return (skipped..<end).compactMap { messages[(start + $0) % messages.count] }
    }
}
