import ADMEngine
import ADMModel
import Foundation

/// The feeds of all workspaces that somebody follows, or whose jobs run here.
actor EventFeeds {
    private struct Opened: Sendable {
        let feed: EventFeed
        let configuration: WorkspaceConfiguration
    }

    private let running: RunningHome
    private var feeds: [UUID: EventFeed] = [:]
    private let requests: AsyncStream<Opened>
    private let request: AsyncStream<Opened>.Continuation

    init(_ running: RunningHome) {
        self.running = running
        (requests, request) = AsyncStream.makeStream(of: Opened.self)
    }

    /// Serves the feeds until the task is cancelled.
    func serve() async {
        await withDiscardingTaskGroup { group in
            for await opened in requests {
                group.addTask { await self.follow(opened) }
            }
            group.cancelAll()
        }
        for feed in feeds.values { await feed.end(nil) }
        feeds = [:]
    }

    private func follow(_ opened: Opened) async {
        let selection = opened.configuration.selection
        var failures = 0
        while !Task.isCancelled {
            let begin = ContinuousClock.now
            do {
                // Nobody can look into a database before somebody has made it.
                _ = try await running.workspace(of: selection)
                // Brief: who only looks does not stand in the way of a new name.
                try await WorkspaceReader.run(opened.configuration, isBrief: true) { reader in
                    try await opened.feed.follow(reader)
                }
                break
            } catch {
                failures = ContinuousClock.now - begin > .seconds(10) ? 1 : failures + 1
                let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
                guard failures < 5, failure.code != .workspaceNotFound else {
                    await opened.feed.end(failure)
                    break
                }
                try? await Task.sleep(for: .milliseconds(100 * failures))
            }
        }
        await opened.feed.end(nil)
        if feeds[selection.identity] === opened.feed { feeds[selection.identity] = nil }
    }

    /// The feed of a workspace.
    ///
    /// - Throws: ``Failure`` if its settings cannot be read.
    func feed(of selection: WorkspaceSelection) async throws -> EventFeed {
        if let feed = feeds[selection.identity] { return feed }
        let configuration = try await running.home.configuration(of: selection)
        if let feed = feeds[selection.identity] { return feed }
        let feed = EventFeed()
        feeds[selection.identity] = feed
        request.yield(Opened(feed: feed, configuration: configuration))
        return feed
    }

    /// Tells those who follow a workspace how far a job of it is.
    func take(progress event: JobEvent, of workspace: UUID) async {
        await feeds[workspace]?.take(progress: event)
    }
}
