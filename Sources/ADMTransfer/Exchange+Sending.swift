import ADMModel
import Logging
import NIOConcurrencyHelpers

/// The connection ended before a byte of an answer: the server closed it while the request went out.
///
/// A GET may be sent again (RFC 9110, section 9.2.2), once, over a connection that did not rest.
struct ClosedUnanswered: Error {}

extension Exchange {
    /// Sends one GET and waits until its answer has arrived.
    ///
    /// When it returns or throws, nobody judges the answer any more.
    ///
    /// - Throws: ``ClosedUnanswered`` if it may be sent again with `isFresh`; otherwise as ``follow``.
    func get(
        _ url: SourceURL,
        fields: [HeaderField],
        query: Query,
        handle: ConnectionHandle,
        isFresh: Bool = false,
        accept: @escaping @Sendable (ResponseFacts) async throws -> BodySink
    ) async throws -> ResponseFacts {
        let receiver = BodyReceiver(handle: handle, limits: limits) { facts in
            try await judge(facts, url, accept)
        }
        let request = Request(url: url, fields: headers(fields, query, url), closes: isFresh)
        log(query, url, isFresh: isFresh)
        let task = session.start(request, receiver: receiver, isOneOfMany: query.isOneOfMany)
        handle.attach { task.fail($0) }
        // The request holds the handle, too.
        defer { handle.detach() }
        do {
            try await withTaskCancellationHandler {
                try await task.wait()
            } onCancel: {
                // A request that waits for a speed limit looks at the handle alone.
                handle.fail(CancellationError())
            }
            return takingCookies(of: try receiver.answer(), from: url)
        } catch {
            // A request may end while its answer is being judged.
            await receiver.waitForJudgement()
            if error is BodyNotWanted, let facts = receiver.facts {
                return takingCookies(of: facts, from: url)
            }
            let failure = reason(of: error, receiver, task, url, isFresh: isFresh)
            logger.debug("request ended", metadata: metadata(of: failure, url))
            if (failure as? Failure)?.code == .authentication, !(error is Refused) {
                await authorization?.proxyRefused()
            }
            throw failure
        }
    }

    /// What a request that ended with an error is reported as.
    private func reason(
        of error: any Error,
        _ receiver: BodyReceiver,
        _ task: RequestTask,
        _ url: SourceURL,
        isFresh: Bool
    ) -> any Error {
        if let refused = error as? Refused { return refused.reason }
        if error is CancellationError || error is RangeIsFull || error is TooSlow { return error }
        let failure = Failure(transport: error, url: url)
        guard !receiver.hasHead else {
            return error is HTTP2Broken ? RangeRefusal.connectionBroken : failure
        }
        if ConnectingFailure.mayBeSentAgain(error, carrier: task.carrier), !isFresh,
            !Task.isCancelled
        {
            return ClosedUnanswered()
        }
        guard let proxy = session.proxy(for: url) else { return failure }
        return failure.through(proxy: proxy)
    }

    /// Looks at the head of an answer before the one who asked does.
    private func judge(
        _ facts: ResponseFacts,
        _ url: SourceURL,
        _ accept: @Sendable (ResponseFacts) async throws -> BodySink
    ) async throws -> BodySink {
        cookies.withLockedValue { $0.take(facts.cookies, from: url) }
        if facts.status == 407 {
            await authorization?.proxyRefused()
            throw Failure.proxyLogin
        }
        logger.debug(
            "answer received",
            metadata: ["url": "\(url.redacted)", "status": "\(facts.status)"]
        )
        return try await accept(facts)
    }

    private var logger: Logger { session.logger }

    private func log(_ query: Query, _ url: SourceURL, isFresh: Bool) {
        logger.debug(
            "request sent",
            metadata: [
                "url": "\(url.redacted)", "range": "\(query.range ?? "all")",
                "again": "\(isFresh)",
            ]
        )
    }

    private func metadata(of error: any Error, _ url: SourceURL) -> Logger.Metadata {
        let reason =
            switch error {
            case let failure as Failure:
                failure.message + (failure.cause.map { " (\($0))" } ?? "")
            case is RangeIsFull: "everything it was for has arrived"
            case is TooSlow: "too slow"
            case is RangeRefusal: "the answer is not the part that was asked for"
            case is CancellationError: "cancelled"
            default: "\(type(of: error))"
            }
        return ["url": "\(url.redacted)", "reason": "\(reason)"]
    }

    /// Keeps the cookies of a redirect, which nobody judges.
    private func takingCookies(of facts: ResponseFacts, from url: SourceURL) -> ResponseFacts {
        if facts.isRedirect { cookies.withLockedValue { $0.take(facts.cookies, from: url) } }
        return facts
    }

    private func headers(
        _ fields: [HeaderField],
        _ query: Query,
        _ url: SourceURL
    ) -> [HeaderField] {
        let given = Set(fields.map(\.canonicalName))
        var own: [(String, String)] = []
        if !given.contains("user-agent") { own.append(("User-Agent", settings.userAgent)) }
        if !given.contains("accept") { own.append(("Accept", "*/*")) }
        own.append(("Accept-Encoding", "identity"))
        var headers = own.map { HeaderField(own: $0, $1) }
        let cookies = cookies.withLockedValue { $0.pairs(for: url) }
        headers += CookieJar.adding(
            cookies,
            to: fields.filter { $0.canonicalName != "accept-encoding" }
        )
        if let range = query.range { headers.append(HeaderField(own: "Range", range)) }
        if let ifRange = query.ifRange { headers.append(HeaderField(own: "If-Range", ifRange)) }
        return headers
    }
}
