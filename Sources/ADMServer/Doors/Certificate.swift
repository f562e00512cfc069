import ADMModel
import NIOCore
import NIOSSL

/// The certificate with which ports of the network are served.
struct Certificate: Sendable {
    private let context: NIOSSLContext

    /// Reads the files.
    ///
    /// - Throws: ``Failure`` with `configuration` that names the file that cannot be used.
    init(_ files: DaemonOptions.TLSFiles) throws(Failure) {
        let chain: [NIOSSLCertificateSource]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) }
        } catch {
            throw Certificate.failure("certificate", files.certificate, error)
        }
        do {
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Certificate.failure("key", files.key, error)
        }
    }

    private static func failure(_ what: String, _ path: String, _ error: any Error) -> Failure {
        Failure(
            .configuration,
            "the \(what) \(path) cannot be used",
            hint: "it must be readable, in PEM, and the key must belong to the certificate",
            cause: "\(error)"
        )
    }

    /// Puts TLS before everything else of a connection.
    func secure(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }
}
