/// The settings that one job may have of its own; what is nil is the workspace's.
///
/// What a job may never decide cannot be said here: that certificates are not checked, where credentials
/// come from, or what the workspace has of the budget.
///
/// ```swift
/// var settings = JobSettings()
/// settings.retries = 3
/// settings.limitRate = Rate(ByteCount(500_000))
/// ```
public struct JobSettings: Sendable, Hashable {
    /// The most connections for the file, 1 to 64.
    public var maxConnections: Int?
    /// The smallest piece worth a connection of its own, at least 64 KiB.
    public var minSegmentSize: ByteCount?
    /// How often to try again after a failure without progress, 0 to 1000.
    public var retries: Int?
    /// The longest wait before the first retry, at most a day.
    public var retryWait: Duration?
    /// The longest wait before any retry, at most a day.
    public var retryWaitMax: Duration?
    /// The longest wait that a server may ask for (`Retry-After`) while somebody watches, at most a day.
    public var maxRetryAfter: Duration?
    /// How long making a connection may take, at most a day.
    public var connectTimeout: Duration?
    /// How long a connection may stay silent, at most a day.
    public var idleTimeout: Duration?
    /// How long a server may take to answer, at most a day.
    public var firstByteTimeout: Duration?
    /// How long the file may take in all, at most a year; zero for any time.
    public var totalTimeout: Duration?
    /// The address of this machine that connections come from; empty for the system's choice.
    public var bindAddress: String?
    /// Bytes a second for the file.
    public var limitRate: Rate?
    /// The proxy, `http://host:port` or `socks5://host:port`, without a login; empty for none.
    public var proxy: String?
    /// Hosts that are reached without the proxy: names, `.suffix`, `*`.
    public var noProxy: [String]?
    /// The absolute path of a PEM file with certificates to trust besides the system's; empty for none.
    public var caFile: String?
    /// The `User-Agent` field.
    public var userAgent: String?
    /// The longest chain of redirects, 0 to 50.
    public var maxRedirects: Int?
    /// Space that must stay free on the file system.
    public var minFreeSpace: ByteCount?
    /// Whether it fetches from public addresses alone, unless the profile allows others, because a program with a
    /// token of the scope `submit` handed it in.
    ///
    /// Only the daemon says so: it has no name in lists, options and profiles.
    package var publicOnly: Bool?

    /// Creates settings that say nothing.
    public init() {}
}

extension JobSettings {
    /// Every setting that somebody may give to a job, in the order of the reference.
    package static let fields: [JobSettingField] = [
        JobSettingField("max-connections", \.maxConnections, \.maxConnections),
        JobSettingField("min-segment-size", \.minSegmentSize, \.minSegmentSize),
        JobSettingField("retries", \.retries, \.retry.limit),
        JobSettingField("retry-wait", \.retryWait, \.retryWait),
        JobSettingField("retry-wait-max", \.retryWaitMax, \.retryWaitMax),
        JobSettingField("max-retry-after", \.maxRetryAfter, \.maxRetryAfter),
        JobSettingField("connect-timeout", \.connectTimeout, \.connectTimeout),
        JobSettingField("idle-timeout", \.idleTimeout, \.idleTimeout),
        JobSettingField("first-byte-timeout", \.firstByteTimeout, \.firstByteTimeout),
        JobSettingField("total-timeout", \.totalTimeout, \.totalTimeout),
        JobSettingField("bind-address", \.bindAddress, \.bindAddress),
        JobSettingField("limit-rate", \.limitRate, \.limitRate),
        JobSettingField("proxy", \.proxy, \.proxy, isForOwner: true),
        JobSettingField("no-proxy", \.noProxy, \.noProxy, isForOwner: true),
        JobSettingField("ca-file", \.caFile, \.caFile, isForOwner: true),
        JobSettingField("user-agent", \.userAgent, \.userAgent),
        JobSettingField("max-redirects", \.maxRedirects, \.maxRedirects),
        JobSettingField("min-free-space", \.minFreeSpace, \.minFreeSpace),
    ]

    /// What is stored of a job: its settings, and what nobody can say.
    private static let storedFields =
        fields + [JobSettingField("public-only", \.publicOnly, \.publicOnly)]

    /// The names of the settings that a list of jobs, or a program that hands in jobs, may say.
    public static let listNames = fields.filter { !$0.isForOwner }.map(\.name)

    /// The field of a setting; nil if a job may not have it.
    package static func field(_ name: String) -> JobSettingField? {
        fields.first { $0.name == name }
    }

    /// Whether it says nothing.
    public var isEmpty: Bool { self == JobSettings() }

    /// The settings that it says, as text, by the name of the setting.
    package var words: [String: String] { words(of: JobSettings.fields) }

    private func words(of fields: @autoclosure () -> [JobSettingField]) -> [String: String] {
        var words: [String: String] = [:]
        guard !isEmpty else { return words }
        for field in fields() { words[field.name] = field.text(self) }
        return words
    }

    /// Takes over everything that `other` says.
    package mutating func merge(_ other: JobSettings) {
        guard !other.isEmpty else { return }
        for field in JobSettings.storedFields {
            if let text = field.text(other) { _ = field.read(text, &self) }
        }
    }

    /// Puts what it says over the settings of a transfer; those that are named in `fixed` stay.
    package func apply(to transfer: inout TransferSettings, except fixed: Set<String> = []) {
        // Most jobs have none, and making the table of fields costs a start some 0.1 ms (sampled).
        guard !isEmpty else { return }
        for field in JobSettings.storedFields where !fixed.contains(field.name) {
            field.apply(self, &transfer)
        }
    }
}

extension JobSettings: Codable {
    /// Reads what ``encode(to:)`` wrote; a name that no job may set is ignored, no matter who wrote it.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.singleValueContainer()
        for (name, text) in try values.decode([String: String].self) {
            guard let field = JobSettings.storedFields.first(where: { $0.name == name }) else {
                continue
            }
            guard field.read(text, &self) else {
                throw DecodingError.dataCorruptedError(
                    in: values,
                    debugDescription: "the value of \(name) cannot be read"
                )
            }
        }
    }

    /// Writes an object of texts by the name of the setting.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words(of: JobSettings.storedFields))
    }
}
