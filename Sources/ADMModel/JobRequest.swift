/// What somebody asks for: one thing to fetch.
///
/// Everything but the URL is in ``options``, and can be read and set here by its own name.
@dynamicMemberLookup
public struct JobRequest: Sendable, Hashable {
    /// Where to fetch it.
    public var url: SourceURL
    /// Everything else.
    public var options: JobOptions

    /// Creates a request for one URL.
    public init(url: SourceURL, options: JobOptions) {
        self.url = url
        self.options = options
    }

    /// Creates a request for one URL with the options that are used most.
    public init(
        url: SourceURL,
        directory: String? = nil,
        fileName: String? = nil,
        checksum: Checksum? = nil,
        ifExists: ConflictPolicy? = nil,
        priority: Int = 1,
        headers: [HeaderField] = [],
        mirrors: [SourceURL] = [],
        size: Int64? = nil,
        settings: JobSettings = JobSettings()
    ) {
        self.init(
            url: url,
            options: JobOptions(
                directory: directory,
                fileName: fileName,
                checksum: checksum,
                ifExists: ifExists,
                priority: priority,
                headers: headers,
                mirrors: mirrors,
                size: size,
                settings: settings
            )
        )
    }

    /// Reads and sets one of the options.
    public subscript<Value>(dynamicMember path: WritableKeyPath<JobOptions, Value>) -> Value {
        get { options[keyPath: path] }
        set { options[keyPath: path] = newValue }
    }
}

extension JobRequest {
    /// Whether a digest of the whole file is named, here or in a list.
    package var namesDigest: Bool { options.namesDigest }
}

extension JobRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case url
    }

    /// Reads a request; what an earlier version did not know is not there.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            url: try values.decode(SourceURL.self, forKey: .url),
            options: try JobOptions(from: decoder)
        )
    }

    /// Writes the URL and the options into one object.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(url, forKey: .url)
        try options.encode(to: encoder)
    }
}
