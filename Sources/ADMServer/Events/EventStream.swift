import ADMEngine
import ADMModel
import Hummingbird
import NIOCore

/// One client that follows a workspace.
///
/// It sends what the client has not seen, in order and without gaps; a client that does not take it is waited for,
/// and nothing is kept in memory for it meanwhile.
struct EventStream: Sendable {
    /// How often progress is sent.
    static let pace = Duration.milliseconds(500)
    /// How often it is looked whether the client may still follow.
    static let look = Duration.seconds(2)
    /// After how much silence something is sent.
    static let patience = Duration.seconds(15)

    let feed: EventFeed
    /// What the client has missed.
    let pages: EventPages
    /// Whether progress is sent, too.
    let hasProgress: Bool
    /// Whether the client may still follow it: its token counts, and the workspace is there.
    let mayContinue: @Sendable () async -> Bool
    /// Closes the connection of a client that takes nothing.
    let cut: @Sendable () -> Void

    /// What wakes it.
    private enum Wake: Sendable {
        case news, tick, ended
    }

    /// Sends events until the client goes away, the feed ends or the task is cancelled.
    @concurrent
    func send(after sequence: Int64, to writer: inout any ResponseBodyWriter) async throws {
        let watch = WriteWatch()
        try await writer.send(EventMessage.opening, watch)
        let (number, news) = await feed.listen()
        do {
            try await send(after: sequence, at: news, watch, to: &writer)
            await feed.leave(number)
        } catch {
            await feed.leave(number)
            throw error
        }
    }

    @concurrent
    private func send(
        after sequence: Int64,
        at news: AsyncStream<Void>,
        _ watch: WriteWatch,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Wake.self,
            bufferingPolicy: .bufferingNewest(4)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in news { wake.yield(.news) }
                wake.yield(.ended)
                wake.finish()
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: EventStream.pace)
                    wake.yield(.tick)
                }
            }
            group.addTask { try await watch.guardConnection(cut: cut) }
            defer {
                group.cancelAll()
                wake.finish()
            }
            try await follow(wakes, after: sequence, watch, &writer)
        }
    }

    @concurrent
    private func follow(
        _ wakes: AsyncStream<Wake>,
        after sequence: Int64,
        _ watch: WriteWatch,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var last = sequence
        let newest = try await pages.last()
        if last > newest {
            last = newest
            try await writer.send(EventMessage.reset(to: newest), watch)
        }
        var seen = 0
        var failures = 0
        var lookedAt = ContinuousClock.now
        var silentSince = ContinuousClock.now
        for await wake in wakes {
            while let page = try await next(after: last, &failures) {
                last = page.last?.sequence ?? last
                let text = page.map(\.text).joined()
                try await writer.send(text, watch)
                silentSince = .now
            }
            if wake == .ended {
                if let failure = await feed.failure {
                    try await writer.send(EventMessage.failure(failure), watch)
                }
                return
            }
            if ContinuousClock.now - lookedAt >= EventStream.look {
                guard await mayContinue() else { return }
                lookedAt = .now
            }
            var text = ""
            if wake == .tick, hasProgress {
                let news = await feed.progressMessages(since: seen)
                text = news.messages.map(\.text).joined()
                seen = news.version
            }
            if text.isEmpty, ContinuousClock.now - silentSince >= EventStream.patience {
                text = EventMessage.heartbeat
            }
            guard !text.isEmpty else { continue }
            try await writer.send(text, watch)
            silentSince = .now
        }
    }

    /// The next events; none if they cannot be read at the moment.
    private func next(
        after sequence: Int64,
        _ failures: inout Int
    ) async throws -> [EventRing.Message]? {
        do {
            let page = try await pages.next(after: sequence)
            failures = 0
            return page
        } catch {
            failures += 1
            guard failures < 10 else { throw error }
            return nil
        }
    }
}
