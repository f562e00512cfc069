import ADMEngine
import ADMModel

/// A list of URLs with options, read as it comes.
struct Batch: Sendable {
    private let reader: LineReader
    private let source: String
    // What the options of the command say, the same for all lines.
    private let template: JobOptions

    /// How many lines are added at once.
    private static let step = 128

    /// Opens the list.
    ///
    /// - Throws: ``Failure`` with `usage` if it cannot be read.
    init(path: String, options: DownloadOptions, headers: [HeaderField]) throws(Failure) {
        if let name = options.filename { try DownloadOptions.check(name) }
        guard options.filename == nil else {
            throw Failure(
                .usage,
                "--filename names one file, not a list",
                hint: "write filename= after a tab on each line"
            )
        }
        template = try options.jobOptions(headers: headers)
        reader = try LineReader(path: path)
        source = path == "-" ? "standard input" : path
    }

    /// The next lines; none at the end.
    func lines() async throws -> [LineReader.Line] { try await reader.next() }

    /// Whether more can be read without waiting; true at the end too.
    func hasMore() async -> Bool { await reader.isReady }

    /// Adds every line; a bad one is reported with its number, and the rest continues.
    func add(to session: ForegroundSession) async throws {
        var credentials = URLCredentials(session.credentialSettings, mayLend: true)
        while true {
            let lines = try await reader.next()
            if lines.isEmpty { return }
            var requests: [JobRequest] = []
            for line in lines {
                do throws(Failure) {
                    guard let request = try request(line, &credentials) else { continue }
                    try JobRules.check(request)
                    let logins = credentials.takePending()
                    do throws(Failure) { try await session.keep(logins) } catch {
                        credentials.forget(logins)
                        throw error
                    }
                    requests.append(request)
                    if requests.count == Batch.step {
                        await session.add(requests)
                        requests.removeAll(keepingCapacity: true)
                    }
                } catch {
                    await session.refuse(
                        Failure(
                            error.code,
                            "\(source):\(line.number): \(error.message)",
                            hint: error.hint,
                            cause: error.cause
                        )
                    )
                }
            }
            await session.add(requests)
        }
    }

    /// The request for one URL with the options of the command; what is secret in it is taken out.
    func request(
        for url: String,
        _ credentials: inout URLCredentials
    ) throws(Failure) -> JobRequest {
        JobRequest(url: try SourceURL(try credentials.clean(url)), options: template)
    }

    /// The request of one line; nil for an empty line or a comment.
    func request(
        _ line: LineReader.Line,
        _ credentials: inout URLCredentials
    ) throws(Failure) -> JobRequest? {
        guard let text = line.text else {
            throw Failure(.usage, "the line is longer than \(LineReader.longestLine) bytes")
        }
        let parts =
            text.utf8.contains(0x09)
            ? text.split(separator: "\t", omittingEmptySubsequences: true).map(String.init) : [text]
        guard let first = parts.first?.trimmed, !first.isEmpty, !first.hasPrefix("#") else {
            return nil
        }
        var request = try self.request(for: first, &credentials)
        for part in parts.dropFirst() where !part.trimmed.isEmpty {
            try apply(part.trimmed, to: &request, isLatin1: line.isLatin1)
        }
        return request
    }

    private func apply(
        _ option: String,
        to request: inout JobRequest,
        isLatin1: Bool
    ) throws(Failure) {
        guard let equals = option.firstIndex(of: "=") else {
            throw Failure(
                .usage,
                "\(option.debugDescription) is not an option",
                hint: "write name=value, for example filename=a.iso"
            )
        }
        let name = String(option[..<equals])
        let value = String(option[option.index(after: equals)...])
        switch name {
        case "filename":
            try DownloadOptions.check(value)
            request.fileName = value
        case "dir":
            guard !isLatin1 || value.utf8.allSatisfy({ $0 < 0x80 }) else {
                throw Failure(
                    .usage,
                    "the name after dir= is not UTF-8",
                    hint: "save the list as UTF-8, or name the directory with --dir"
                )
            }
            let base = template.directory.map { $0 + "/" } ?? ""
            request.directory = try DownloadOptions.absolute(
                value.hasPrefix("/") || value.hasPrefix("~") ? value : base + value
            )
        case "hash": try request.options.expect(value, paths: DownloadOptions.paths(for: value))
        case "mirror": request.mirrors.append(try SourceURL(value))
        case "header": request.headers.append(try HeaderFile.field(value, isLatin1: isLatin1))
        case "if-exists":
            guard let policy = ConflictPolicy(rawValue: value) else {
                throw Failure(.usage, "if-exists is skip, overwrite, error or rename, not \(value)")
            }
            request.ifExists = policy
        case "priority":
            request.priority = try Priority.parse(value)
        default:
            guard JobSettings.listNames.contains(name) else { throw Batch.unknown(name) }
            request.settings.merge(try JobSettings(parsing: [name: value]))
        }
    }

    /// The options that a line may have besides settings.
    static let optionNames = [
        "filename", "dir", "hash", "mirror", "if-exists", "priority", "header",
    ]

    private static func unknown(_ name: String) -> Failure {
        Failure(
            .usage,
            "there is no option \(name.debugDescription)",
            hint: NearestWord.to(name, in: JobSettings.listNames + optionNames).map {
                "did you mean \($0)?"
            }
        )
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        guard let first = utf8.first, let last = utf8.last, isSpace(first) || isSpace(last) else {
            return self
        }
        let start = utf8.firstIndex { !isSpace($0) } ?? utf8.endIndex
        let end = utf8.lastIndex { !isSpace($0) }.map(utf8.index(after:)) ?? start
        return String(self[start..<end])
    }
}
