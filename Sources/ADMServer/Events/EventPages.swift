import ADMEngine
import ADMModel

/// The events of a workspace after a number: from its feed, or from the database if the feed does not have them
/// any more.
struct EventPages: Sendable {
    private static let size = 500

    let feed: EventFeed
    /// Opens the workspace.
    let workspace: @Sendable () async throws -> Workspace

    /// The next events, oldest first; nil if there are none.
    ///
    /// - Throws: ``Failure`` if the database cannot be read.
    func next(after sequence: Int64) async throws -> [EventRing.Message]? {
        if let messages = await feed.messages(after: sequence, limit: EventPages.size) {
            return messages.isEmpty ? nil : messages
        }
        let events = try await workspace().recordedEvents(after: sequence, limit: EventPages.size)
        return events.isEmpty ? nil : events.map(EventRing.Message.init)
    }

    /// The number of the newest event.
    func last() async throws -> Int64 {
        if let last = await feed.last { return last }
        return try await workspace().lastEvent()
    }
}
