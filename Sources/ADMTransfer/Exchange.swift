package import ADMModel
import Logging
import NIOConcurrencyHelpers

/// Asks for a URL and follows redirects, dropping credentials on the way to another origin.
package struct Exchange: Sendable {
    /// The connections to use.
    let session: HTTPSession
    /// Header fields of the person.
    let fields: [HeaderField]
    /// The settings that count.
    let settings: TransferSettings
    /// The speed limits that every connection of the transfer obeys.
    let limits: [RateLimit]
    /// The stored credentials; nil if there are none for this job.
    let authorization: Authorization?
    /// The cookies that servers set in this exchange; nothing else sees them, and they end with it.
    let cookies = NIOLockedValueBox(CookieJar())

    /// Prepares requests.
    package init(
        session: HTTPSession,
        fields: [HeaderField],
        settings: TransferSettings,
        limits: [RateLimit],
        authorization: Authorization? = nil
    ) {
        self.session = session
        self.fields = fields
        self.settings = settings
        self.limits = limits
        self.authorization = authorization
    }

    /// What is asked for.
    package struct Query: Sendable {
        /// The value of `Range`, for example `bytes=0-`.
        var range: String?
        /// The value of `If-Range`.
        var ifRange: String?

        /// Whether many files come from the server at the same time.
        var isOneOfMany = false

        /// Asks for the bytes of a range, on condition.
        init(_ bytes: ByteRange, ifRange: String? = nil) {
            self.init(range: "bytes=\(bytes.start)-\(bytes.end - 1)", ifRange: ifRange)
        }

        /// Asks for everything, or for a range on condition.
        package init(range: String? = nil, ifRange: String? = nil) {
            self.range = range
            self.ifRange = ifRange
        }
    }

    /// Sends a GET and follows redirects until an answer is accepted and its body has arrived.
    ///
    /// - Parameters:
    ///   - url: Where to begin.
    ///   - trusted: The origin that credentials may be sent to; nil for none.
    ///   - query: The range to ask for.
    ///   - handle: Ends the request from outside.
    ///   - accept: Judges the first answer that is not a redirect and says where its body goes.
    /// - Throws: ``Failure``; what `accept` throws; `RangeIsFull` if the range ended first;
    ///   `CancellationError` after cancellation, which closes the connection.
    package func follow(
        _ url: SourceURL,
        trusted: SourceURL.Origin?,
        query: Query,
        handle: ConnectionHandle,
        accept: @escaping @Sendable (ResponseFacts, SourceURL) async throws -> BodySink
    ) async throws {
        var current = url
        var hops: [SourceURL] = []
        var keepsCredentials = url.origin == trusted
        while true {
            try Task.checkCancellation()
            let target = current
            let facts = try await ask(
                target,
                isTrusted: keepsCredentials,
                query: query,
                handle: handle
            ) { [keepsCredentials, hops] facts in
                var facts = facts
                facts.isTrusted = keepsCredentials
                facts.hops = hops
                return try await accept(facts, target)
            }
            guard facts.isRedirect, let location = facts.location else { return }
            let next = try current.resolving(location: location)
            // The same URL may come twice: a server sets a cookie and asks to come again.
            guard hops.count < settings.maxRedirects else {
                throw Failure.tooManyRedirects(url, settings.maxRedirects, last: next)
            }
            guard next.origin.scheme == "https" || current.origin.scheme == "http" else {
                throw Failure.redirectWithoutTLS(current, to: next)
            }
            if next.origin != trusted { keepsCredentials = false }
            session.logger.debug(
                "redirect followed",
                metadata: [
                    "url": "\(current.redacted)", "to": "\(next.redacted)",
                    "status": "\(facts.status)", "sends-credentials": "\(keepsCredentials)",
                ]
            )
            current = next
            hops.append(next)
        }
    }

    /// Asks one URL, and again if its challenge can be answered.
    private func ask(
        _ url: SourceURL,
        isTrusted: Bool,
        query: Query,
        handle: ConnectionHandle,
        accept: @escaping @Sendable (ResponseFacts) async throws -> BodySink
    ) async throws -> ResponseFacts {
        let given = fields.filter { isTrusted || $0.isSafeElsewhere }
        guard isTrusted, let authorization, var proof = try await authorization.proof(for: url)
        else { return try await askPlainly(url, given, query, handle, accept: accept) }
        var isFresh = false
        for _ in 0..<7 {
            do {
                return try await get(
                    url,
                    fields: given + proof.fields,
                    query: query,
                    handle: handle,
                    isFresh: isFresh
                ) { facts in
                    if facts.status == 401 { throw Unauthorized(challenges: facts.challenges) }
                    if facts.status < 400 { await authorization.accepted(url) }
                    return try await accept(facts)
                }
            } catch let refused as Unauthorized {
                try await authorization.answer(refused.challenges, to: proof, url: url)
                guard let next = try await authorization.proof(for: url) else { break }
                proof = next
            } catch is ClosedUnanswered {
                // The same proof may be good for one request alone.
                guard let next = try await authorization.proof(for: url) else { break }
                (proof, isFresh) = (next, true)
            }
        }
        throw await authorization.giveUp(url)
    }

    /// Asks one URL without a stored credential, over another connection if the server closed the first one.
    private func askPlainly(
        _ url: SourceURL,
        _ fields: [HeaderField],
        _ query: Query,
        _ handle: ConnectionHandle,
        accept: @escaping @Sendable (ResponseFacts) async throws -> BodySink
    ) async throws -> ResponseFacts {
        do {
            return try await get(url, fields: fields, query: query, handle: handle, accept: accept)
        } catch is ClosedUnanswered {
            return try await get(
                url,
                fields: fields,
                query: query,
                handle: handle,
                isFresh: true,
                accept: accept
            )
        }
    }

    /// The server wants another proof; no failure yet.
    private struct Unauthorized: Error {
        let challenges: [String]
    }

    /// The same, ended by itself when nothing arrives for the idle timeout.
    package func followWatched(
        _ url: SourceURL,
        accept: @escaping @Sendable (ResponseFacts, SourceURL) async throws -> BodySink
    ) async throws {
        let handle = ConnectionHandle()
        try await watched(handle, url) {
            try await follow(
                url,
                trusted: url.origin,
                query: Query(),
                handle: handle,
                accept: accept
            )
        }
    }

    /// Runs a request and ends it when nothing arrives for the idle timeout.
    func watched(
        _ handle: ConnectionHandle,
        _ url: SourceURL,
        _ request: @escaping @Sendable () async throws -> Void
    ) async throws {
        let settings = settings
        let limit: @Sendable (ConnectionHandle) -> Duration = {
            $0.answeredAfter == nil ? settings.firstByteTimeout : settings.idleTimeout
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await request()
                return true
            }
            group.addTask {
                while handle.silence(at: .now) <= limit(handle) {
                    try await Task.sleep(for: .milliseconds(100))
                }
                handle.fail(Failure.silent(url.origin, limit(handle)))
                return false
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() { if isDone { return } }
        }
    }
}

extension Failure {
    fileprivate static func tooManyRedirects(
        _ url: SourceURL,
        _ limit: Int,
        last: SourceURL
    ) -> Failure {
        Failure(
            .remoteProtocol,
            "\(url.redacted) redirects more than \(limit) times",
            cause: "the last hop was \(last.redacted)"
        )
    }

    fileprivate static func redirectWithoutTLS(
        _ url: SourceURL,
        to next: SourceURL
    ) -> Failure {
        Failure(
            .refused,
            "\(url.redacted) redirects from https to http",
            hint: "ask for the http address itself if you trust the network",
            cause: "to \(next.redacted)"
        )
    }
}
