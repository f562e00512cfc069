import ADMDocuments
import ADMEngine
import ADMModel

/// What happened to jobs, and what happens.
enum Events {
    static let operations = [
        Operation(
            .get,
            API.workspace + "/events",
            "listEvents",
            "List recorded events, oldest first. With `Accept: text/event-stream` they are followed: first those"
                + " after `Last-Event-ID`, else after `after`, else from now on, without gaps, and progress twice"
                + " a second.",
            needs: .read,
            parameters: [
                Operation.Parameter(
                    "after",
                    "Only events after the one with this number.",
                    .integer(0...Int64.max)
                ),
                .limit,
                Operation.Parameter("progress", "Whether progress is sent, too.", .boolean),
                Operation.Parameter(
                    "Last-Event-ID",
                    "The number of the last event that was seen.",
                    .integer(0...Int64.max),
                    in: .header
                ),
            ],
            answers: [
                Operation.Answer(200, "The events.", .list(EventDocument.shape)),
                Operation.Answer(200, "The stream.", .text(), type: "text/event-stream"),
            ],
            run: events
        ),
        Operation(
            .get,
            "/v1/events",
            "followEvents",
            "Follow the events of all workspaces that the caller may see (`text/event-stream`): those after"
                + " `Last-Event-ID`, else from now on. Each says its `workspace`.",
            needs: .read,
            parameters: [
                Operation.Parameter("progress", "Whether progress is sent, too.", .boolean),
                Operation.Parameter(
                    "Last-Event-ID",
                    "The identifier of the last event that was seen.",
                    .text(),
                    in: .header
                ),
            ],
            answers: [Operation.Answer(200, "The stream.", .text(), type: "text/event-stream")],
            run: streamAll
        ),
    ]

    @Sendable private static func events(_ call: Call) async throws -> Reply {
        let accepts = call.field("Accept")?.lowercased() ?? ""
        guard accepts.contains("text/event-stream") else { return try await list(call) }
        return try await stream(call)
    }

    private static func list(_ call: Call) async throws -> Reply {
        let after = try call.number("after", in: 0...Int64.max, or: 0)
        let limit = try call.limit()
        let workspace = try await call.workspace()
        let events = try await workspace.recordedEvents(after: after, limit: limit)
        return Reply(events.map { EventDocument($0) })
    }

    private static func stream(_ call: Call) async throws -> Reply {
        let beginning = try beginning(call)
        let hasProgress = try flag("progress", call, or: true)
        _ = try call.limit()
        let selection = try await call.selection()
        let services = call.services
        let feed = try await services.feeds.feed(of: selection)
        let after: Int64
        if let beginning {
            after = beginning
        } else {
            after = try await services.running.workspace(of: selection).lastEvent()
        }
        let stream = EventStream(
            feed: feed,
            pages: EventPages(feed: feed) {
                try await services.running.workspace(of: selection)
            },
            hasProgress: hasProgress,
            mayContinue: {
                guard call.mayContinue else { return false }
                do throws(Failure) {
                    let now = try await services.running.home.selection(of: selection.name)
                    return now.identity == selection.identity
                } catch { return error.code != .workspaceNotFound }
            },
            cut: call.cut
        )
        return Reply(type: "text/event-stream") { writer in
            services.meters.streaming(1)
            defer { services.meters.streaming(-1) }
            try await stream.send(after: after, to: &writer)
        }
    }

    @Sendable private static func streamAll(_ call: Call) async throws -> Reply {
        let hasProgress = try flag("progress", call, or: true)
        var places: EventPlaces?
        if let text = call.field("Last-Event-ID") {
            guard let read = EventPlaces(text) else {
                throw Problem(.badRequest, "Last-Event-ID is not the identifier of such an event")
            }
            places = read
        }
        let services = call.services
        let stream = AllEventStream(
            services: services,
            caller: call.scope.caller,
            hasProgress: hasProgress,
            mayContinue: { call.mayContinue },
            cut: call.cut
        )
        return Reply(type: "text/event-stream") { [places] writer in
            services.meters.streaming(1)
            defer { services.meters.streaming(-1) }
            try await stream.send(after: places, to: &writer)
        }
    }

    /// The number after which the stream begins; nil for now.
    private static func beginning(_ call: Call) throws -> Int64? {
        if let text = call.field("Last-Event-ID") {
            guard let number = Int64(digits: text) else {
                throw Problem(.badRequest, "Last-Event-ID is not the number of an event")
            }
            return number
        }
        guard try call.query("after") != nil else { return nil }
        return try call.number("after", in: 0...Int64.max, or: 0)
    }

    private static func flag(_ name: String, _ call: Call, or fallback: Bool) throws -> Bool {
        switch try call.query(name) {
        case nil: return fallback
        case "true": return true
        case "false": return false
        default: throw Problem(.badRequest, "the parameter \(name) is true or false")
        }
    }
}
