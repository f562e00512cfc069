package import ADMEngine
package import ADMModel

/// What `adm serve` asks of the server, which is in the program `admd` alone.
package struct ServeRequest: Sendable {
    /// The home to serve.
    package let home: Home
    /// What counts for all workspaces.
    package let options: HomeOptions
    /// Where to listen; nil for the socket in the home.
    package let addresses: [String]?
    /// The files of a certificate and its key.
    package let tls: (certificate: String, key: String)?
    /// Whether a port that others reach may be served without TLS.
    package let allowsPlain: Bool
    /// Names under which it may be asked.
    package let hosts: [String]
    /// Origins of pages that may ask.
    package let origins: [String]
    /// An element for each time that files are to be read again.
    package let reloads: AsyncStream<Void>
    /// Told what it listens on.
    package let ready: @Sendable ([String]) async -> Void
    /// Told why a workspace cannot be run.
    package let failed: @Sendable (WorkspaceName, Failure) async -> Void
    /// Told what came of reading the files again: what is wrong with them, or nothing.
    package let reloaded: @Sendable (Failure?) async -> Void
}
