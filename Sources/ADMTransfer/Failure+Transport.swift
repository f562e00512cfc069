import ADMModel
import AsyncHTTPClient
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
        case let error as NIOConnectionError: self = .connection(error, origin)
        case let error as HTTPClientError: self = .client(error, url)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self = .handshake(error, origin)
        case is any NIOHTTP2Error: self = .closed(origin)
        case is HTTPParserError:
            self.init(
                .network,
                "\(origin) sent an answer that is cut off or not HTTP",
                cause: "\(error)"
            )
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            self.init(
                .network,
                "cannot connect to \(origin.host) port \(origin.port) from the bind-address",
                hint: "bind-address is an address of this machine; ip address shows them",
                cause: error.localizedReason
            )
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

    private static func connection(
        _ error: NIOConnectionError,
        _ origin: SourceURL.Origin
    ) -> Failure {
        if error.connectionErrors.isEmpty {
            return Failure(
                .resolve,
                "the host name \(error.host) does not resolve",
                hint: "check the spelling and the name server"
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
            "cannot connect to \(origin.host) port \(error.port)",
            hint: isTimeout ? Failure.connectTimeout : nil,
            cause: reasons.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .joined(separator: ", ")
        )
    }

    private static func client(_ error: HTTPClientError, _ url: SourceURL) -> Failure {
        let origin = url.origin
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            return .unconnected(origin)
        case .tlsHandshakeTimeout:
            return Failure(
                .timeout,
                "the TLS handshake with \(origin) took too long",
                hint: connectTimeout
            )
        case .readTimeout, .deadlineExceeded:
            return Failure(.timeout, "\(origin) sent nothing for too long")
        case .remoteConnectionClosed, .uncleanShutdown:
            return .closed(origin)
        case .proxyAuthenticationRequired:
            return .proxyLogin
        case .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            return Failure(
                .network,
                "the proxy did not connect to \(origin)",
                cause: error.shortDescription
            )
        default:
            return Failure(
                .network,
                "the request to \(origin) failed",
                cause: error.shortDescription
            )
        }
    }

    private static func handshake(_ error: any Error, _ origin: SourceURL.Origin) -> Failure {
        let text = "\(error)"
        if text.contains("WRONG_VERSION_NUMBER") {
            return Failure(
                .tls,
                "\(origin) does not speak TLS",
                hint: "try http:// if you trust the network"
            )
        }
        let reason =
            if text.contains("CERTIFICATE_VERIFY_FAILED") {
                "its certificate is not signed by a trusted authority, or has expired"
            } else if error is NIOSSLExtraError {
                "its certificate is for another host name"
            } else {
                "the TLS handshake failed"
            }
        return Failure(
            .tls,
            "\(origin) cannot be trusted: \(reason)",
            hint: "for a private authority give --ca-file; --insecure accepts any certificate",
            cause: text.firstMatch(of: /[A-Z]{3,}(_[A-Z]+)+/).map { String($0.0) }
        )
    }

    /// The same where a proxy stands between: it may be the one at fault.
    func through(proxy: String) -> Failure {
        guard code == .network || code == .timeout || code == .resolve else { return self }
        var failure = self
        failure.message = "the proxy \(proxy) gave no connection: \(message)"
        failure.hint = hint ?? "--proxy names another one, --no-proxy leaves it out for a host"
        return failure
    }

    private static var proxyLogin: Failure {
        Failure(
            .authentication,
            "the proxy asks for a user name and password",
            hint: "adm auth login --type proxy --user NAME PROXY stores them"
        )
    }

    /// Whether an error says that the other side ended the connection.
    static func isClosing(_ error: any Error) -> Bool {
        switch error {
        // Nobody here cancels like that: the client does when it loses an HTTP/2 connection.
        case let error as HTTPClientError: [.remoteConnectionClosed, .cancelled].contains(error)
        case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
        // A server that ends a connection refuses the streams that it did not begin with (RFC 9113,
        // section 6.8).
        case is any NIOHTTP2Error: true
        case let error as ChannelError: [.ioOnClosedChannel, .alreadyClosed].contains(error)
        default: false
        }
    }

    /// Names a server that ended the connection.
    static func closed(_ origin: SourceURL.Origin) -> Failure {
        Failure(.network, "\(origin) closed the connection before the end")
    }

    private static let connectTimeout =
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

    /// Names a status that is no success; nil for 200, 206 and 416.
    static func status(_ facts: ResponseFacts, url: SourceURL) -> Failure? {
        let shown = "\(url.redacted): the server says \(facts.status)"
        switch facts.status {
        case 200, 206, 416: return nil
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
        case 408, 425, 429, 500, 502...504, 506...599:
            return Failure(
                .remoteBusy,
                shown + (facts.status == 429 ? " (too many requests)" : ""),
                retryAfter: facts.retryAfter
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
