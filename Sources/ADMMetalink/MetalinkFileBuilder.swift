import ADMModel

/// One file of a Metalink, as far as it was read.
struct MetalinkFileBuilder {
    private let place: String
    private let name: String
    private let base: SourceURL?
    private var problem: Failure?
    /// A digest that cannot be used; no problem if another one proves the file.
    private var badDigest: Failure?
    private var size: Int64?
    private var checksums: [Checksum] = []
    private var urls: [(url: SourceURL, priority: Int)] = []
    private var badURL: Failure?
    private var pieces: PieceHashes?
    private var open: (algorithm: DigestAlgorithm, length: Int64, digests: [UInt8])?

    /// RFC 5854, section 4.2.16.1: the priority of a URL that has none.
    private static let lastPriority = 999_999
    /// This many addresses of one file are enough; those of the lowest priority are left out.
    private static let mostURLs = 1000

    /// Begins with the name; relative addresses are resolved against `base`, if there is one.
    init(_ name: String?, place: String, base: SourceURL?) {
        self.place = place
        self.base = base
        let components = (name ?? "").split(separator: "/", omittingEmptySubsequences: false)
        self.name = components.last.map(String.init) ?? ""
        // Section 4.1.2.1: directories may be named, but not left.
        if self.name.isEmpty || components.first == "" || components.contains("..") {
            problem = fault("the file name \((name ?? "").debugDescription) cannot be used")
        }
    }

    private func fault(_ message: String, cause: String? = nil) -> Failure {
        Failure(.usage, "\(place): \(message)", cause: cause)
    }

    mutating func takeSize(_ text: String) {
        if let bytes = Int64(digits: text), bytes <= ByteCount.limit {
            size = bytes
        } else {
            problem = problem ?? fault("\(text.prefix(40).debugDescription) is not a valid size")
        }
    }

    mutating func takeHash(type: String?, _ text: String) {
        guard let algorithm = DigestAlgorithm(name: type ?? "") else { return }
        do throws(Failure) { checksums.append(try Checksum(algorithm, hex: text)) } catch {
            badDigest = badDigest ?? fault(error.message)
        }
    }

    mutating func takeURL(_ text: String, priority: String?) {
        do throws(Failure) {
            let number = priority.flatMap { Int(digits: $0) } ?? MetalinkFileBuilder.lastPriority
            urls.append((try url(text), number))
        } catch {
            badURL = badURL ?? error
        }
    }

    private func url(_ text: String) throws(Failure) -> SourceURL {
        do throws(Failure) { return try SourceURL(text) } catch {
            // An empty address, or a place in this very document, is not one of a file.
            guard let base, error.code == .usage, !text.isEmpty, !text.hasPrefix("#") else {
                throw error
            }
            return try base.resolving(location: text)
        }
    }

    mutating func beginPieces(type: String?, length: String?) {
        open = nil
        guard let algorithm = DigestAlgorithm(name: type ?? "") else { return }
        guard let bytes = length.flatMap({ Int64(digits: $0) }), bytes > 0,
            bytes <= ByteCount.limit
        else {
            badDigest =
                badDigest
                ?? fault("\((length ?? "").debugDescription) is not a valid length of pieces")
            return
        }
        open = (algorithm, bytes, [])
    }

    mutating func takePiece(_ text: String) {
        guard let algorithm = open?.algorithm else { return }
        do throws(Failure) {
            open?.digests += try Checksum(algorithm, hex: text).bytes
        } catch {
            // Without one of them the others are of no use.
            open = nil
            badDigest = badDigest ?? fault("a piece: \(error.message)")
        }
    }

    mutating func endPieces() {
        guard let (algorithm, length, digests) = open else { return }
        open = nil
        // The strongest of several.
        guard pieces.map({ $0.algorithm.isWeaker(than: algorithm) }) ?? true else { return }
        do throws(Failure) {
            pieces = try PieceHashes(algorithm, pieceLength: length, digests: digests)
        } catch {
            badDigest = badDigest ?? fault(error.message)
        }
    }

    /// The strongest digest of the whole file; two of one algorithm that differ say nothing.
    private var checksum: Checksum? {
        DigestAlgorithm.strongestFirst.lazy.compactMap { [checksums] algorithm in
            let own = Set(checksums.filter { $0.algorithm == algorithm })
            return own.count == 1 ? own.first : nil
        }.first
    }

    /// Why nothing proves the file although something was to; nil if all is well.
    private var digestProblem: Failure? {
        guard checksum == nil else { return nil }
        if let pieces, let size, !pieces.fit(length: size) {
            return fault(
                "\(size) bytes are not \(pieces.count) pieces of \(pieces.pieceLength) bytes"
            )
        }
        guard pieces == nil else { return nil }
        return badDigest ?? (checksums.isEmpty ? nil : fault("its digests contradict each other"))
    }

    /// The file, or why it cannot be used.
    var result: Result<MetalinkFile, Failure> {
        if let problem = problem ?? digestProblem { return .failure(problem) }
        guard !urls.isEmpty else {
            return .failure(
                fault(
                    "\(name.debugDescription) has no address that adm can fetch",
                    cause: badURL.map(\.message)
                )
            )
        }
        let ordered = urls.enumerated().sorted {
            ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
        }
        return .success(
            MetalinkFile(
                name: name,
                size: size,
                checksum: checksum,
                pieces: pieces.flatMap { pieces in
                    size.map { pieces.fit(length: $0) } ?? true ? pieces : nil
                },
                urls: ordered.prefix(MetalinkFileBuilder.mostURLs).map(\.element.url)
            )
        )
    }
}
