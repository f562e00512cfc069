import ADMModel
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL

/// Whom a session trusts, and the TLS contexts made of that at first need.
final class TLSTrust: Sendable {
    /// Whether the certificate of a server has to be valid and for its host.
    let isVerified: Bool
    private let configuration: TLSConfiguration
    private let contexts = NIOLockedValueBox<[Bool: NIOSSLContext]>([:])

    /// Reads the file with further authorities.
    ///
    /// - Throws: ``Failure`` with `configuration` if the file cannot be read or holds no certificates.
    init(caFile: String?, isVerified: Bool) throws(Failure) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // A connection that is given up has more to read: nobody waits for the server's farewell.
        configuration.shutdownTimeout = .milliseconds(10)
        // The chain is verified by the library, the names by ``PeerNames``: the library would also accept
        // a certificate for the address of the socket, which may be a proxy's.
        configuration.certificateVerification = isVerified ? .noHostnameVerification : .none
        if let path = caFile {
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(path)
                configuration.additionalTrustRoots = [.certificates(certificates)]
            } catch {
                throw Failure(
                    .configuration,
                    "the CA file \(path) cannot be used",
                    hint: "ca-file names a readable file with PEM certificates",
                    cause: "\(error)"
                )
            }
        }
        self.configuration = configuration
        self.isVerified = isVerified
    }

    /// The handler that speaks TLS with a host; `offersHTTP2` lets the server choose HTTP/2 (RFC 7301).
    func handler(for host: String, offersHTTP2: Bool) throws -> NIOSSLClientHandler {
        let context = try contexts.withLockedValue { contexts in
            if let context = contexts[offersHTTP2] { return context }
            var configuration = configuration
            configuration.applicationProtocols = offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
            let context = try NIOSSLContext(configuration: configuration)
            contexts[offersHTTP2] = context
            return context
        }
        // Server names are names: an address is not sent (RFC 6066 §3), nor is the dot of the root.
        let isAddress = PeerNames.address(host) != nil
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
    }
}
