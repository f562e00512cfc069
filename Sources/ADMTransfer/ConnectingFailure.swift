import ADMModel
import Glibc
import NIOCore
import NIOHTTP2
import NIOSSL

/// The failures of making a connection, and of its end.
enum ConnectingFailure {
    /// Names what is wrong with an answer.
    static func answer(_ problem: AnswerProblem, _ origin: SourceURL.Origin) -> Failure {
        switch problem {
        case .closedUnanswered:
            Failure(.network, "\(origin) closed the connection without an answer")
        case .cutOff(let place):
            Failure(.network, "\(origin) closed the connection \(place)")
        case .notHTTP(let reason):
            Failure(.remoteProtocol, "\(origin) does not answer in HTTP", cause: reason)
        case .framing(let reason):
            Failure(.remoteProtocol, "\(origin) sent an answer that cannot be read", cause: reason)
        case .headTooLarge:
            Failure(
                .remoteProtocol,
                "\(origin) sent an answer whose head is too large",
                cause: "adm takes \(ByteCount(Int64(AnswerParser.headLimit)))"
            )
        }
    }

    /// Names a certificate for somebody else.
    static func wrongPeer(_ error: WrongPeer, _ origin: SourceURL.Origin) -> Failure {
        Failure(
            .tls,
            "\(origin) cannot be trusted: its certificate is for another host name",
            hint: "check the URL; the server may be misconfigured, or somebody stands between",
            cause: "for \(error.names)"
        )
    }

    /// Names a TLS handshake that the server ended.
    static func handshakeCutOff(_ origin: SourceURL.Origin) -> Failure {
        Failure(.network, "\(origin) closed the connection during the TLS handshake")
    }

    /// Names a TLS handshake that takes too long.
    static func slowHandshake(_ origin: SourceURL.Origin) -> Failure {
        Failure(
            .timeout,
            "the TLS handshake with \(origin) took too long",
            hint: Failure.connectTimeout
        )
    }

    /// Names a TLS handshake that failed.
    static func handshake(_ error: any Error, _ origin: SourceURL.Origin) -> Failure {
        let text = "\(error)"
        let cause = text.firstMatch(of: /[A-Z]{3,}(_[A-Z0-9]+)+/).map { String($0.0) }
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return Failure(
                .tls,
                "\(origin) cannot be trusted: its certificate is not signed by a trusted authority,"
                    + " or has expired",
                hint: "for a private authority give --ca-file; --insecure accepts any certificate",
                cause: cause
            )
        }
        let isPlain = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"]
        if isPlain.contains(where: text.contains) {
            return Failure(
                .tls,
                "\(origin) does not speak TLS",
                hint: "try http:// if you trust the network"
            )
        }
        return Failure(.tls, "the TLS handshake with \(origin) failed", cause: cause)
    }

    /// Whether a TLS stream ended without the farewell that says it is whole (RFC 8446 §6.1).
    static func isCutOff(_ error: any Error) -> Bool {
        guard let error = error as? NIOSSLError else { return false }
        if case .uncleanShutdown = error { return true }
        return false
    }

    /// Whether a request that nobody answered may be sent again at once: the server closed a connection that
    /// had rested, or did not begin with a stream (RFC 9110 §9.2.2, RFC 9113 §6.8).
    static func mayBeSentAgain(_ error: any Error, carrier: RequestTask.Carrier) -> Bool {
        switch carrier {
        case .new: false
        case .rested: isClosing(error)
        case .shared: isClosing(error) || error is HTTP2Broken || error is any NIOHTTP2Error
        }
    }

    /// Whether an error says that the other side ended the connection.
    private static func isClosing(_ error: any Error) -> Bool {
        switch error {
        case AnswerProblem.closedUnanswered: true
        case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
        case let error as ChannelError: [.ioOnClosedChannel, .alreadyClosed].contains(error)
        default: isCutOff(error)
        }
    }
}
