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
    /// After how much silence something is sent.
    static let patience = Duration.seconds(15)
    private static let pageSize = 500

    let feed: EventFeed
    /// Opens the workspace if the client has missed more events than the feed keeps.
    let workspace: @Sendable () async throws -> Workspace
    /// Whether progress is sent, too.
    let hasProgress: Bool

    /// What wakes it.
    private enum Wake: Sendable {
        case news, tick, ended
    }

    /// Sends events until the client goes away, the feed ends or the task is cancelled.
    @concurrent
    func send(after sequence: Int64, to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: EventMessage.opening))
        let (number, news) = await feed.listen()
        do {
            try await send(after: sequence, at: news, to: &writer)
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
            defer {
                group.cancelAll()
                wake.finish()
            }
            try await follow(wakes, after: sequence, &writer)
        }
    }

    @concurrent
    private func follow(
        _ wakes: AsyncStream<Wake>,
        after sequence: Int64,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var last = sequence
        var silentSince = ContinuousClock.now
        for await wake in wakes {
            while let page = try await page(after: last) {
                last = page.last
                try await writer.write(ByteBuffer(string: page.text))
                silentSince = .now
            }
            if wake == .ended { return }
            var text = ""
            if wake == .tick, hasProgress { text = await feed.progressMessages().joined() }
            if text.isEmpty, ContinuousClock.now - silentSince >= EventStream.patience {
                text = EventMessage.heartbeat
            }
            guard !text.isEmpty else { continue }
            try await writer.write(ByteBuffer(string: text))
            silentSince = .now
        }
    }

    /// The next events; nil if there are none.
    private func page(after sequence: Int64) async throws -> (text: String, last: Int64)? {
        if let messages = await feed.messages(after: sequence, limit: EventStream.pageSize) {
            guard let last = messages.last else { return nil }
            return (messages.map(\.text).joined(), last.sequence)
        }
        let events = try await workspace().recordedEvents(
            after: sequence,
            limit: EventStream.pageSize
        )
        guard let last = events.last?.sequence else { return nil }
        return (events.map(EventMessage.recorded).joined(), last)
    }
}
