/// The settings that a transfer obeys, after all layers were merged.
public struct TransferSettings: Sendable, Hashable, Codable {
    /// The most connections for one file, 1–64.
    public var maxConnections = 8
    /// The smallest piece worth a connection of its own.
    public var minSegmentSize = ByteCount(65_536)
    /// How a failed transfer is tried again.
    public var retry = RetryPolicy()
    /// How long a download that somebody watches waits because a server asks for it (`Retry-After`).
    public var maxRetryAfter = Duration.seconds(900)
    /// How long making a connection may take.
    public var connectTimeout = Duration.seconds(15)
    /// How long a connection may stay silent.
    public var idleTimeout = Duration.seconds(30)
    /// How long a server may take from the start of the connection attempt to its first answer: archives are
    /// made for each request, and objects are brought back from tape.
    public var firstByteTimeout = Duration.seconds(300)
    /// How long a file may take in all, retries included but not their waits; zero for any time.
    public var totalTimeout = Duration.zero
    /// The address of this machine that connections come from; nil for the system's choice.
    public var bindAddress: String?
    /// Bytes a second for one file.
    public var limitRate = Rate.unlimited
    /// The proxy's URL, `http://host:port` or `socks5://host:port`; nil for none.
    public var proxy: String?
    /// Hosts that are reached without the proxy: names, `.suffix`, `*`.
    public var noProxy: [String] = []
    /// A PEM file with certificates to trust besides the system's.
    public var caFile: String?
    /// Accept any certificate.
    ///
    /// Only the command line can say so.
    public var insecure = false
    /// The `User-Agent` field.
    public var userAgent = "adm"
    /// Further header fields, none of them secret unless given for this run.
    public var headers: [HeaderField] = []
    /// The longest chain of redirects.
    public var maxRedirects = 20
    /// Space that must stay free on the file system.
    public var minFreeSpace = ByteCount(67_108_864)
    /// What to do when the destination exists.
    public var ifExists = ConflictPolicy.rename
    /// Whether connections go to public addresses alone, whatever a name or a redirect leads to.
    ///
    /// Through a proxy, which looks names up itself, only hosts that are written as addresses are judged, and the
    /// names of this machine.
    public var publicOnly = false

    /// The built-in settings.
    public init() {}

    /// The longest wait before the first retry.
    package var retryWait: Duration {
        get { .milliseconds(Int64(saturating: (retry.base * 1000).rounded())) }
        set { retry.base = newValue.seconds }
    }

    /// The longest wait before any retry.
    package var retryWaitMax: Duration {
        get { .milliseconds(Int64(saturating: (retry.cap * 1000).rounded())) }
        set { retry.cap = newValue.seconds }
    }
}
