import ADMModel
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL

extension Failure {
    /// Names an error of the network in adm's words.
    init(transport error: any Error, url: SourceURL) {
        let origin = url.origin
        switch error {
        case let failure as Failure: self = failure
        case let error as NIOConnectionError: self = .connection(error)
        case let problem as AnswerProblem: self = ConnectingFailure.answer(problem, origin)
        case let error as WrongPeer: self = ConnectingFailure.wrongPeer(error, origin)
        case is HandshakeCutOff: self = ConnectingFailure.handshakeCutOff(origin)
        case _ where ConnectingFailure.isCutOff(error): self = .closed(origin)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self = ConnectingFailure.handshake(error, origin)
        case let error as HTTP2Broken:
            self.init(
                .network,
                "\(origin) fails at HTTP/2",
                cause: String("\(error.cause)".prefix(120))
            )
        case is any NIOHTTP2Error: self = .closed(origin)
        case let error as IOError:
            let neverStood = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL]
                .contains(error.errnoCode)
            self.init(
                .network,
                neverStood
                    ? "cannot connect to \(origin.host) port \(origin.port)"
                    : "the connection to \(origin) broke",
                cause: error.localizedReason
            )
        case let error as ChannelError:
            if case .connectTimeout = error {
                self = .unconnected(origin)
            } else {
                self.init(.network, "the connection to \(origin) broke", cause: "\(error)")
            }
        default: self.init(.network, "the connection to \(origin) failed", cause: "\(error)")
        }
    }

    private static func connection(_ error: NIOConnectionError) -> Failure {
        if error.connectionErrors.isEmpty {
            let lookUps = [error.dnsAError, error.dnsAAAAError]
            if let refusal = lookUps.compactMap({ $0 as? Failure }).first { return refusal }
            return Failure(
                .resolve,
                "the host name \(error.host) does not resolve",
                hint: "check the spelling and the name server"
            )
        }
        let isElsewhere = error.connectionErrors.allSatisfy {
            ($0.error as? IOError)?.errnoCode == EADDRNOTAVAIL
        }
        if isElsewhere {
            return Failure(
                .network,
                "cannot connect to \(error.host) port \(error.port) from the bind-address",
                hint: "bind-address is an address of this machine; ip address shows them"
            )
        }
        let reasons = error.connectionErrors.map { single -> String in
            if let timeout = single.error as? ChannelError, case .connectTimeout = timeout {
                return "timed out"
            }
            return (single.error as? IOError)?.localizedReason ?? "\(single.error)"
        }
        let isTimeout = reasons.allSatisfy { $0 == "timed out" }
        return Failure(
            isTimeout ? .timeout : .network,
            "cannot connect to \(error.host) port \(error.port)",
            hint: isTimeout ? Failure.connectTimeout : nil,
            cause: reasons.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .joined(separator: ", ")
        )
    }

    /// The same if a proxy stands between: it may be the one at fault.
    func through(proxy: String) -> Failure {
        guard code == .network || code == .timeout || code == .resolve else { return self }
        var failure = self
        failure.message = "the proxy \(proxy) gave no connection: \(message)"
        failure.hint = hint ?? "--proxy names another one, --no-proxy leaves it out for a host"
        return failure
    }

    static var proxyLogin: Failure {
        Failure(
            .authentication,
            "the proxy asks for a user name and password",
            hint: "adm auth login --type proxy --user NAME PROXY stores them"
        )
    }

    /// Names a server that ended the connection.
    static func closed(_ origin: SourceURL.Origin) -> Failure {
        Failure(.network, "\(origin) closed the connection before the end")
    }

    static let connectTimeout =
        "--connect-timeout sets how long a connection may take, its TLS handshake included"

    private static func unconnected(_ origin: SourceURL.Origin) -> Failure {
        Failure(
            .timeout,
            "cannot connect to \(origin.host) port \(origin.port)",
            hint: connectTimeout,
            cause: "timed out"
        )
    }

    /// Names the silence of a server.
    static func silent(_ origin: SourceURL.Origin, _ limit: Duration) -> Failure {
        Failure(
            .timeout,
            "\(origin) sent nothing for \(Int(limit.seconds.rounded(.up))) seconds",
            hint: "--idle-timeout sets how long adm waits"
        )
    }

    /// Names a server that does not answer.
    static func unanswered(_ origin: SourceURL.Origin, _ limit: Duration) -> Failure {
        Failure(
            .timeout,
            "\(origin) sent no answer for \(Int(limit.seconds.rounded(.up))) seconds",
            hint: "--first-byte-timeout sets how long adm waits"
        )
    }

    /// Creates the failure of an answer that cannot be the file, because it contradicts what is known of it.
    static func contradicts(_ url: SourceURL, _ reason: String) -> Failure {
        Failure(
            .remoteChanged,
            "\(url.redacted) contradicts itself: \(reason)",
            hint: "if the file is another one now, adm rm forgets what was fetched and said before"
        )
    }

    /// Whether another server may do better.
    var isOfServer: Bool {
        switch code {
        case .network, .timeout, .resolve, .tls, .remoteBusy, .remoteNotFound, .remoteProtocol,
            .remoteChanged, .authentication:
            true
        default: false
        }
    }

    /// Whether a link that was signed for a time may be the reason.
    var mayBeExpired: Bool {
        code == .authentication || code == .remoteNotFound || status == 400
    }

    /// Names a status that brings no file; nil for one that does, and for 416.
    static func status(_ facts: ResponseFacts, url: SourceURL) -> Failure? {
        var failure = reason(facts, url: url)
        failure?.status = facts.status
        return failure
    }

    private static func reason(_ facts: ResponseFacts, url: SourceURL) -> Failure? {
        let shown = "\(url.redacted): the server says \(facts.status)"
        switch facts.status {
        case _ where facts.hasFile || facts.status == 416:
            // What such an answer holds is not the file.
            return facts.framingFault.map {
                Failure(.remoteProtocol, "\(url.redacted): the answer cannot be read: \($0)")
            }
        case 401, 403:
            return Failure(
                .authentication,
                shown + (facts.status == 401 ? " (unauthorized)" : " (forbidden)"),
                hint:
                    "adm auth login \(url.origin) stores a credential; a signed link may have expired"
            )
        case 407: return .proxyLogin
        case 404, 410:
            return Failure(
                .remoteNotFound,
                shown + (facts.status == 404 ? " (not found)" : " (gone)")
            )
        case 202, 408, 425, 429, 500, 502...504, 506...599:
            let meaning = [202: " (not ready yet)", 429: " (too many requests)"]
            return Failure(
                .remoteBusy,
                shown + meaning[facts.status, default: ""],
                retryAfter: facts.retryAfter,
                askedBy: url.origin.description
            )
        default:
            let reason = HTTPResponseStatus(statusCode: facts.status).reasonPhrase.lowercased()
            return Failure(.remoteProtocol, shown + (reason.isEmpty ? "" : " (\(reason))"))
        }
    }
}

extension IOError {
    /// The system's words for the error number, without NIO's details.
    fileprivate var localizedReason: String { unsafe String(cString: strerror(errnoCode)) }
}
