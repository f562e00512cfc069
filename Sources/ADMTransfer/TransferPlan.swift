package import ADMDisk
package import ADMModel

/// What is known when the transfer of a file begins or resumes.
package struct TransferPlan: Sendable {
    /// Where the file is asked for; redirects are followed again in every run.
    package var url: SourceURL
    /// Header fields of the person, secrets among them.
    package var fields: [HeaderField]
    /// The stored credentials; nil if there are none for this job.
    package var authorization: Authorization?
    /// The settings that count.
    package var settings: TransferSettings
    /// What the server said about the bytes in `done`; nil if there are none.
    package var known: Validators?
    /// What earlier runs were told of the file, whether or not there are bytes of it.
    package var remembered: Validators?
    /// The bytes that are safely on disk.
    package var done: SegmentMap
    /// Whether a digest of the whole file is known, which finds any mixing at the end.
    package var isTrusted: Bool
    /// The digest of the whole file that was named before its first byte; nil if none was.
    package var expected: Checksum?
    /// The length that the file must have, in bytes; nil if it is not known.
    package var size: Int64?
    /// Digests of the pieces of the file.
    package var pieces: PieceHashes?
    /// Whether all but a few bytes of the file are proven to be right.
    package private(set) var isRepair = false
    /// Which server says what the file is: 0 for the first, else a mirror, counted from 1.
    package var leader: Int
    /// Whether an earlier attempt at the file failed.
    package var isRepeated: Bool
    /// How many seconds earlier attempts took.
    package var secondsSpent: Double
    /// Other servers that have the file.
    package var mirrors: [SourceURL]
    /// Whether several servers may give parts of the file at the same time.
    package var mayShare: Bool
    /// How many files this process fetches from the host, this one among them.
    package var companions: Int
    /// How many connections the host let in before; nil if it did not object.
    package var allowedConnections: Int?
    /// The most connections.
    ///
    /// Files that come at the same time from one host share what one file would get, or sixteen.
    var connections: Int {
        let all = max(16, settings.maxConnections) / max(1, companions)
        return max(1, min(settings.maxConnections, allowedConnections ?? all, all))
    }
    /// The speed limits that it obeys, alone and with others.
    package var limits: [RateLimit]
    /// How many connections it may have now.
    package var allowance: ConnectionAllowance

    /// Creates a plan.
    package init(
        url: SourceURL,
        fields: [HeaderField],
        authorization: Authorization? = nil,
        settings: TransferSettings,
        known: Validators? = nil,
        remembered: Validators? = nil,
        done: SegmentMap = SegmentMap(),
        isTrusted: Bool = false,
        expected: Checksum? = nil,
        size: Int64? = nil,
        pieces: PieceHashes? = nil,
        leader: Int = 0,
        isRepeated: Bool = false,
        secondsSpent: Double = 0,
        mirrors: [SourceURL] = [],
        mayShare: Bool = true,
        companions: Int = 1,
        allowedConnections: Int? = nil,
        limits: [RateLimit] = [],
        allowance: ConnectionAllowance = ConnectionAllowance()
    ) {
        self.url = url
        self.fields = fields
        self.authorization = authorization
        self.settings = settings
        self.known = known
        self.remembered = remembered ?? known
        self.done = done
        self.isTrusted = isTrusted
        self.expected = expected
        self.size = size
        self.pieces = pieces
        self.leader = leader
        self.isRepeated = isRepeated
        self.secondsSpent = secondsSpent
        self.mirrors = mirrors
        self.mayShare = mayShare
        self.companions = companions
        self.allowedConnections = allowedConnections
        self.limits = limits
        self.allowance = allowance
    }
}

extension TransferPlan {
    /// Asks for what is wrong alone, from one server.
    ///
    /// - Parameters:
    ///   - right: The bytes that are proven.
    ///   - length: The length of the whole file.
    ///   - leader: The server, counted as in ``leader``.
    ///   - seconds: How long all attempts took until now.
    package mutating func repair(
        keeping right: SegmentMap,
        length: Int64,
        from leader: Int,
        after seconds: Double
    ) {
        // What one server says of its version proves nothing at another.
        known = Validators(length: length)
        size = length
        done = right
        isTrusted = true
        isRepair = true
        mayShare = false
        self.leader = leader
        secondsSpent = seconds
    }
}

/// What the owner of a transfer does at its turning points.
package struct TransferSteps: Sendable {
    /// Records the identity and opens the part file.
    ///
    /// No byte is read before it returns.
    package var identify: @Sendable (RemoteFile) async throws -> PartFile
    /// Records bytes that are safely on disk.
    package var checkpoint: @Sendable (SegmentMap) async throws -> Void
    /// Takes note of how many connections a host lets in, after it objected to one more.
    package var objected: @Sendable (_ host: String, _ connections: Int) async -> Void

    /// Takes the steps.
    package init(
        identify: @escaping @Sendable (RemoteFile) async throws -> PartFile,
        checkpoint: @escaping @Sendable (SegmentMap) async throws -> Void,
        objected: @escaping @Sendable (String, Int) async -> Void = { _, _ in }
    ) {
        self.identify = identify
        self.checkpoint = checkpoint
        self.objected = objected
    }
}

/// What a finished transfer amounts to.
package struct TransferReceipt: Sendable {
    /// The part file, whole; its last bytes are not synced.
    package var part: PartFile
    /// Its length.
    package var length: Int64
    /// Digests that the server sent, strongest first.
    package var digests: [Checksum]
    /// The digest of its beginning, as far as it was computed on the way.
    package var digest: FollowingDigest?
    /// Whether bytes of several servers were put together, which only a digest can prove right.
    package var isMixed: Bool
}

/// Ends a run of a transfer so that it begins again under other assumptions.
enum RangeRefusal: Error {
    /// The server now has another version of the file.
    case changed
    /// The server's ranges cannot be used; the reason is for people.
    case noRanges(String)
    /// The server refused the request for a range; it may answer one for the whole file.
    case rangeRefused(Failure)
    /// The server sent all although a part was asked for on condition; ask without the condition.
    case conditionIgnored
    /// HTTP/2 failed in the middle of the answer; ask again over HTTP/1.1.
    case connectionBroken
    /// The answer contradicts what is known of the file; the reason is for people.
    case contradiction(String)
}
