import ADMEngine
import ADMModel
import Foundation
import HummingbirdCore
import NIOCore

/// One client that follows all workspaces that it may see, those too that are created meanwhile.
struct AllEventStream: Sendable {
    /// How often the list of workspaces is read.
    private static let look = Duration.seconds(2)

    let services: Services
    let caller: Caller
    /// Whether progress is sent, too.
    let hasProgress: Bool
    /// Whether the client's token still counts.
    let mayContinue: @Sendable () async -> Bool
    /// Closes the connection of a client that takes nothing.
    let cut: @Sendable () -> Void

    /// Sends events until the client goes away or the task is cancelled.
    ///
    /// - Parameters:
    ///   - places: Where the client stands; nil for now. In a workspace that it does not name it begins with the
    ///     first event if it names others, because the workspace was created meanwhile.
    ///   - writer: Where they go.
    /// - Throws: ``Failure`` if the home cannot be read; `CancellationError`; an error of the connection.
    @concurrent
    func send(after places: EventPlaces?, to writer: inout any ResponseBodyWriter) async throws {
        let watch = WriteWatch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.guardConnection(cut: cut) }
            defer { group.cancelAll() }
            try await writer.send(EventMessage.opening, watch)
            try await follow(places, watch, &writer)
        }
    }

    @concurrent
    private func follow(
        _ start: EventPlaces?,
        _ watch: WriteWatch,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var places = start ?? EventPlaces()
        var isNew = start == nil
        var seen: [UUID: Int] = [:]
        var present: [WorkspaceSelection] = []
        var lookedAt: ContinuousClock.Instant?
        var silentSince = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            if lookedAt.map({ ContinuousClock.now - $0 >= AllEventStream.look }) ?? true {
                guard await mayContinue() else { return }
                present = try await workspaces()
                lookedAt = .now
            }
            var text = ""
            // All of them before anything is sent, because an identifier names the places in all.
            for selection in present where places[selection.identity] == nil {
                places[selection.identity] = isNew ? try? await pages(of: selection).last() : 0
            }
            for selection in present {
                guard let pages = try? await pages(of: selection) else { continue }
                while let page = try? await pages.next(after: places[selection.identity] ?? 0) {
                    for message in page {
                        places[selection.identity] = message.sequence
                        text += message.text(id: places.text, workspace: selection.name)
                    }
                    try await writer.send(text, watch)
                    text = ""
                    silentSince = .now
                }
                if hasProgress {
                    let news = await pages.feed.progressMessages(
                        since: seen[selection.identity] ?? 0
                    )
                    let name = selection.name
                    text += news.messages.map { $0.text(workspace: name) }.joined()
                    seen[selection.identity] = news.version
                }
            }
            isNew = false
            if text.isEmpty, ContinuousClock.now - silentSince >= EventStream.patience {
                text = EventMessage.heartbeat
            }
            if !text.isEmpty {
                try await writer.send(text, watch)
                silentSince = .now
            }
            try await Task.sleep(for: EventStream.pace)
        }
    }

    /// What has happened in a workspace.
    private func pages(of selection: WorkspaceSelection) async throws -> EventPages {
        EventPages(feed: try await services.feeds.feed(of: selection)) {
            try await services.running.workspace(of: selection)
        }
    }

    /// The workspaces that the client may see; one that cannot be read is left out until it can.
    private func workspaces() async throws -> [WorkspaceSelection] {
        let home = services.running.home
        var present: [WorkspaceSelection] = []
        for name in try await home.names() {
            guard let selection = try? await home.selection(of: name),
                caller.maySee(selection.identity)
            else { continue }
            present.append(selection)
        }
        return present
    }
}
