import ADMDocuments
import ADMModel

/// Messages of Server-Sent Events (WHATWG HTML, section 9.2).
enum EventMessage {
    /// What a client waits before it connects again, in milliseconds, and that the stream has begun.
    static let opening = "retry: 3000\n\n"
    /// Keeps the connection alive.
    static let heartbeat = ": heartbeat\n\n"

    /// Progress, which is not recorded and has no identifier.
    struct Progress: Sendable {
        private let name: String
        private let data: String

        /// Takes an event.
        init(_ event: JobEvent) {
            name = event.name
            data = JSONWriter.line(EventDocument(event))
        }

        /// The message.
        var text: String { "event: \(name)\ndata: \(data)\n\n" }

        /// The message among those of other workspaces.
        func text(workspace: WorkspaceName) -> String {
            "event: \(name)\ndata: \(EventMessage.naming(workspace, in: data))\n\n"
        }
    }

    /// The JSON of an event with the name of its workspace before everything else.
    static func naming(_ workspace: WorkspaceName, in data: String) -> String {
        "{\"workspace\":\(JSONString.quoted(workspace.description)),\(data.dropFirst())"
    }

    /// The client has seen more than there is, so that it has to begin again: the workspace is another one.
    static func reset(to sequence: Int64) -> String {
        "id: \(sequence)\nevent: reset\ndata: {\"last\":\(sequence)}\n\n"
    }

    /// The stream ends because something is wrong; the client may come back.
    static func failure(_ failure: Failure) -> String {
        "event: error\ndata: \(JSONWriter.line(ErrorDocument(failure)))\n\n"
    }
}
