import ADMModel
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The connection ended before a byte of an answer: the server closed it while the request went out.
///
/// A GET may be sent again (RFC 9110, section 9.2.2), once, over a connection that did not rest.
struct ClosedUnanswered: Error {}

extension Exchange {
    /// Sends one GET and waits until its answer has arrived.
    ///
    /// When it returns or throws, nobody judges the answer any more.
    ///
    /// - Throws: ``ClosedUnanswered`` where it may be sent again with `isFresh`; otherwise as ``follow``.
    func get(
        _ url: SourceURL,
        fields: [HeaderField],
        query: Query,
        handle: ConnectionHandle,
        isFresh: Bool = false,
        accept: @escaping @Sendable (ResponseFacts) async throws -> BodySink
    ) async throws -> ResponseFacts {
        let receiver = BodyReceiver(handle: handle, limits: limits, accept: accept)
        let client =
            isFresh
            ? session.freshClient(for: url)
            : session.client(for: url, isOneOfMany: query.isOneOfMany)
        var headers = headers(fields, query)
        if isFresh { headers.add(name: "Connection", value: "close") }
        do {
            let request = try HTTPClient.Request(url: url.string, method: .GET, headers: headers)
            let task = client.execute(request: request, delegate: receiver)
            handle.attach { task.fail(reason: $0) }
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.fail(reason: CancellationError())
            }
        } catch {
            // A request may end while its answer is being judged.
            await receiver.waitForJudgement()
            if let refused = error as? Refused { throw refused.reason }
            if error is BodyNotWanted, let facts = receiver.facts { return facts }
            if error is CancellationError || error is RangeIsFull || error is TooSlow {
                throw error
            }
            let failure = Failure(transport: error, url: url)
            if failure.code == .authentication { await authorization?.proxyRefused() }
            guard !receiver.hasHead else { throw failure }
            if Failure.isClosing(error), !isFresh, !Task.isCancelled { throw ClosedUnanswered() }
            guard let proxy = session.proxy(for: url) else { throw failure }
            throw failure.through(proxy: proxy)
        }
    }

    private func headers(_ fields: [HeaderField], _ query: Query) -> HTTPHeaders {
        var headers = HTTPHeaders()
        let given = Set(fields.map { $0.name.lowercased() })
        if !given.contains("user-agent") {
            headers.add(name: "User-Agent", value: settings.userAgent)
        }
        if !given.contains("accept") { headers.add(name: "Accept", value: "*/*") }
        headers.add(name: "Accept-Encoding", value: "identity")
        for field in fields where field.name.lowercased() != "accept-encoding" {
            headers.add(name: field.name, value: field.value)
        }
        if let range = query.range { headers.add(name: "Range", value: range) }
        if let ifRange = query.ifRange { headers.add(name: "If-Range", value: ifRange) }
        return headers
    }
}
