import ADMDocuments
import ADMModel

/// The last events of a workspace, as they are sent: what those who follow it need without asking the database.
struct EventRing: Sendable {
    /// An event as it is sent.
    struct Message: Sendable, Hashable {
        /// The number of the event.
        let sequence: Int64
        /// Its name.
        let name: String
        /// The event as JSON.
        let data: String

        /// Takes an event.
        init(sequence: Int64, name: String, data: String) {
            self.sequence = sequence
            self.name = name
            self.data = data
        }

        /// Takes a recorded event.
        init(_ event: JobEvent) {
            self.init(
                sequence: event.sequence ?? 0,
                name: event.name,
                data: JSONWriter.line(EventDocument(event))
            )
        }

        /// The message of Server-Sent Events; its number is the identifier, which the client says when it comes
        /// back.
        var text: String { "id: \(sequence)\nevent: \(name)\ndata: \(data)\n\n" }

        /// The same among those of other workspaces: the name of the workspace comes with it.
        func text(id: String, workspace: WorkspaceName) -> String {
            "id: \(id)\nevent: \(name)\ndata: \(EventMessage.naming(workspace, in: data))\n\n"
        }
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
    ///
    /// If numbers are missing before it, because rows are damaged, those that came earlier are not kept any more.
    mutating func add(_ message: Message) {
        if message.sequence != last.adding(saturating: 1) {
            messages = []
            start = 0
        }
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
        let before = last.subtracting(saturating: count)
        guard sequence >= before, sequence >= 0 else { return nil }
        let skipped = Int(sequence - before)
        let end = min(messages.count, skipped + limit)
        return (skipped..<end).compactMap { messages[(start + $0) % messages.count] }
    }
}
