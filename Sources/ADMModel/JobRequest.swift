public import Foundation

/// What somebody asks for: one thing to fetch.
public struct JobRequest: Sendable, Hashable, Codable {
    /// Where to fetch it.
    public var url: SourceURL
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

    /// Asks for one URL.
    public init(
        url: SourceURL,
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
        self.url = url
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

extension JobRequest {
    /// Whether a digest of the whole file is named, here or in a list.
    package var namesDigest: Bool {
        checksum != nil || checksumList != nil || checksumFile != nil
    }

    private enum CodingKeys: String, CodingKey {
        case url, directory, fileName, checksum, checksumList, checksumFile, listAlgorithm
        case ifExists, priority, headers, mirrors, size
        // The name that databases of earlier versions have it under.
        case settings = "overrides"
    }

    /// Reads a request; what an older adm did not know is not there.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            url: try values.decode(SourceURL.self, forKey: .url),
            directory: try values.decodeIfPresent(String.self, forKey: .directory),
            fileName: try values.decodeIfPresent(String.self, forKey: .fileName),
            checksum: try values.decodeIfPresent(Checksum.self, forKey: .checksum),
            checksumList: try values.decodeIfPresent(SourceURL.self, forKey: .checksumList),
            checksumFile: try values.decodeIfPresent(String.self, forKey: .checksumFile),
            listAlgorithm: try values.decodeIfPresent(DigestAlgorithm.self, forKey: .listAlgorithm),
            ifExists: try values.decodeIfPresent(ConflictPolicy.self, forKey: .ifExists),
            priority: try values.decode(Int.self, forKey: .priority),
            headers: try values.decode([HeaderField].self, forKey: .headers),
            mirrors: try values.decodeIfPresent([SourceURL].self, forKey: .mirrors) ?? [],
            size: try JobRequest.size(in: values),
            settings: try values.decode(JobSettings.self, forKey: .settings)
        )
    }
}

extension JobRequest {
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

/// A request with its place in the queue.
public struct QueuedRequest: Sendable, Hashable {
    /// What to fetch.
    public var request: JobRequest
    /// When it may begin; nil for at once.
    public var runAt: Date?
    /// The number of the job that must have succeeded before it begins.
    public var after: Int64?
    /// Words to find it by.
    public var tags: [String]
    /// Whether it is left out if the same thing was fetched successfully before.
    public var isUnique: Bool

    /// Puts a request into the queue.
    public init(
        _ request: JobRequest,
        runAt: Date? = nil,
        after: Int64? = nil,
        tags: [String] = [],
        isUnique: Bool = false
    ) {
        self.request = request
        self.runAt = runAt
        self.after = after
        self.tags = tags
        self.isUnique = isUnique
    }
}
