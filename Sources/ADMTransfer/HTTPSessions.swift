package import ADMModel
package import Logging
import NIOConcurrencyHelpers

/// The sessions of one workspace: one for each set of network settings and credentials, made at first
/// need.
package final class HTTPSessions: Sendable {
    private let logger: Logger
    private let sessions = NIOLockedValueBox<[HTTPSession.Key: HTTPSession]>([:])

    private init(logger: Logger) { self.logger = logger }

    /// Runs with sessions and closes them all at the end, whatever happens.
    package static func run<Result>(
        logger: Logger = .silent,
        _ body: (HTTPSessions) async throws -> Result
    ) async throws -> Result {
        let sessions = HTTPSessions(logger: logger)
        do {
            let result = try await body(sessions)
            await sessions.shutdown()
            return result
        } catch {
            await sessions.shutdown()
            throw error
        }
    }

    /// The session for some settings and credentials.
    ///
    /// - Throws: ``Failure`` with `configuration` if a CA file or proxy cannot be used.
    package func session(
        for settings: TransferSettings,
        authorization: Authorization? = nil
    ) throws(Failure) -> HTTPSession {
        let key = HTTPSession.Key(settings, credentials: authorization?.key)
        let made: Result<HTTPSession, Failure> = sessions.withLockedValue { sessions in
            if let session = sessions[key] { return .success(session) }
            do throws(Failure) {
                let session = try HTTPSession(
                    key,
                    proxyLogin: authorization?.proxy,
                    logger: logger
                )
                sessions[key] = session
                return .success(session)
            } catch { return .failure(error) }
        }
        return try made.get()
    }

    /// Closes connections to a host that rest, as many as there are more than `count` to it.
    package func closeResting(_ host: String, beyond count: Int) {
        var left = count
        for session in sessions.withLockedValue({ Array($0.values) }) {
            left = session.closeResting(host, beyond: left)
        }
    }

    private func shutdown() async {
        for session in sessions.withLockedValue({ Array($0.values) }) { await session.shutdown() }
    }
}
