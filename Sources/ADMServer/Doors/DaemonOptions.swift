package import ADMModel

/// What the daemon is told at its start.
package struct DaemonOptions: Sendable {
    /// Where it listens; nil for the socket in the home alone.
    package var addresses: [DoorAddress]?
    /// The files of the certificate chain and of its key, in PEM, for the ports of the network; nil for plain HTTP.
    package var tls: TLSFiles?
    /// Whether a port that others reach may be served without TLS.
    package var allowsPlain = false
    /// Names by which it is reached, besides the addresses that it listens on.
    package var hosts: [String] = []
    /// Origins of web pages that may ask it, such as `https://example.org`.
    package var origins: [String] = []

    /// A certificate and its key.
    package struct TLSFiles: Sendable, Hashable {
        /// The file of the certificate chain.
        package let certificate: String
        /// The file of the private key.
        package let key: String

        /// Names the files.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The defaults.
    package init() {}

    /// Checks what can be checked without opening anything.
    ///
    /// - Throws: ``Failure`` with `refused` for an address that others reach without TLS.
    package func check() throws(Failure) {
        for address in addresses ?? [] where !address.isLocal && tls == nil && !allowsPlain {
            throw Failure(
                .refused,
                "\(address) can be reached from other machines, and without TLS tokens can be read on the way",
                hint: "give --tls-cert and --tls-key, listen on 127.0.0.1, or say --allow-plain"
            )
        }
    }
}
