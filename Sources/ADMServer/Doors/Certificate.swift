import ADMModel
import NIOCore
import NIOSSL
import Synchronization

/// The certificate with which ports of the network are served.
final class Certificate: Sendable {
    private let files: DaemonOptions.TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// Reads the files.
    ///
    /// - Throws: ``Failure`` with `configuration` that names the file that cannot be used.
    init(_ files: DaemonOptions.TLSFiles) throws(Failure) {
        self.files = files
        context = Mutex(try Certificate.context(files))
    }

    /// Reads the files again; if they cannot be used, those that were read before stay.
    ///
    /// - Throws: ``Failure`` as ``init(_:)`` does.
    func reload() throws(Failure) {
        let fresh = try Certificate.context(files)
        context.withLock { $0 = fresh }
    }

    private static func context(
        _ files: DaemonOptions.TLSFiles
    ) throws(Failure) -> NIOSSLContext {
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
            return try NIOSSLContext(configuration: configuration)
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
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: self.context.withLock(\.self))
            )
        }
    }
}
