/// What may be said about a job besides its URL: the options of one download, or of all files of a list.
public struct JobOptions: Sendable, Hashable, Codable {
    /// The directory to save into, absolute; nil for the workspace's.
    public var directory: String?
    /// The file name to save as; nil to take it from the server or the URL.
    public var fileName: String?
    /// The digest that the file must have.
    public var checksum: Checksum?
    /// The URL of a checksum list (`SHA256SUMS`) that names the file.
    public var checksumList: SourceURL?
    /// The path of a checksum list on this machine, absolute.
    public var checksumFile: String?
    /// The only algorithm whose digests in a list count; nil for any.
    public var listAlgorithm: DigestAlgorithm?
    /// What to do when the destination exists; nil for the workspace's setting.
    public var ifExists: ConflictPolicy?
    /// Higher first.
    ///
    /// The default is 1.
    public var priority: Int
    /// Header fields for the request, as given by the person.
    public var headers: [HeaderField]
    /// Other servers that have the same file.
    public var mirrors: [SourceURL]
    /// The length that the file must have, in bytes; nil if it is not known.
    public var size: Int64?
    /// Digests of the file's pieces.
    ///
    /// They are kept beside the job: a job that was read from the workspace has none here.
    public var pieces: PieceHashes?
    /// Settings of this job that differ from the workspace's.
    public var settings: JobSettings

    /// Creates options; what is left out is the workspace's to decide.
    public init(
        directory: String? = nil,
        fileName: String? = nil,
        checksum: Checksum? = nil,
        checksumList: SourceURL? = nil,
        checksumFile: String? = nil,
        listAlgorithm: DigestAlgorithm? = nil,
        ifExists: ConflictPolicy? = nil,
        priority: Int = 1,
        headers: [HeaderField] = [],
        mirrors: [SourceURL] = [],
        size: Int64? = nil,
        pieces: PieceHashes? = nil,
        settings: JobSettings = JobSettings()
    ) {
        self.directory = directory
        self.fileName = fileName
        self.checksum = checksum
        self.checksumList = checksumList
        self.checksumFile = checksumFile
        self.listAlgorithm = listAlgorithm
        self.ifExists = ifExists
        self.priority = priority
        self.headers = headers
        self.mirrors = mirrors
        self.size = size
        self.pieces = pieces
        self.settings = settings
    }
}

extension JobOptions {
    /// Whether a digest of the whole file is named, here or in a list.
    package var namesDigest: Bool {
        checksum != nil || checksumList != nil || checksumFile != nil
    }

    private enum CodingKeys: String, CodingKey {
        case directory, fileName, checksum, checksumList, checksumFile, listAlgorithm
        case ifExists, priority, headers, mirrors, size
        // The name that databases of earlier versions have it under.
        case settings = "overrides"
    }

    /// Reads options; what an older adm did not know is not there.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            directory: try values.decodeIfPresent(String.self, forKey: .directory),
            fileName: try values.decodeIfPresent(String.self, forKey: .fileName),
            checksum: try values.decodeIfPresent(Checksum.self, forKey: .checksum),
            checksumList: try values.decodeIfPresent(SourceURL.self, forKey: .checksumList),
            checksumFile: try values.decodeIfPresent(String.self, forKey: .checksumFile),
            listAlgorithm: try values.decodeIfPresent(DigestAlgorithm.self, forKey: .listAlgorithm),
            ifExists: try values.decodeIfPresent(ConflictPolicy.self, forKey: .ifExists)
                // Earlier versions also let it stand among the settings.
                ?? (try values.decode([String: String].self, forKey: .settings))["if-exists"]
                .flatMap(ConflictPolicy.init),
            priority: try values.decode(Int.self, forKey: .priority),
            headers: try values.decode([HeaderField].self, forKey: .headers),
            mirrors: try values.decodeIfPresent([SourceURL].self, forKey: .mirrors) ?? [],
            size: try JobOptions.size(in: values),
            settings: try values.decode(JobSettings.self, forKey: .settings)
        )
    }
}

extension JobOptions {
    private static func size(in values: KeyedDecodingContainer<CodingKeys>) throws -> Int64? {
        guard let size = try values.decodeIfPresent(Int64.self, forKey: .size) else { return nil }
        guard (0...ByteCount.limit).contains(size) else {
            throw DecodingError.dataCorruptedError(
                forKey: .size,
                in: values,
                debugDescription: "no file has that size"
            )
        }
        return size
    }
}
