import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `--metalink`: files that a document describes, in place of URLs.
struct MetalinkOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Fetch what this Metalink describes, with its mirrors and digests: a file, a URL, or - for"
                + " standard input.",
            valueName: "file|url"
        ),
        completion: .file(extensions: ["meta4"])
    )
    var metalink: String?

    /// Checks that there is something to fetch, and no contradiction.
    func validate(_ urls: [String]) throws {
        if metalink == nil, urls.isEmpty {
            throw ValidationError("Missing expected argument '<url> ...'")
        }
        if metalink != nil, !urls.isEmpty {
            throw ValidationError("--metalink stands in place of URLs")
        }
    }

    /// The requests for the files of a Metalink.
    ///
    /// - Throws: ``Failure`` if it cannot be read, or if an option is for one file and the Metalink
    ///   describes several; `CancellationError`.
    func requests(
        _ source: String,
        _ engine: Workspace,
        options: DownloadOptions,
        headers: [HeaderField]
    ) async throws -> [Result<JobRequest, Failure>] {
        let template = try options.jobOptions(headers: headers)
        let document: MetalinkDocument
        let url = source.contains("://") ? try SourceURL(source) : nil
        let name = url?.redacted ?? (source == "-" ? "standard input" : source)
        if let url {
            document = try await engine.metalink(
                at: url,
                headers: headers,
                settings: template.settings
            )
        } else {
            // Before anything is read from a terminal.
            try MetalinkDocument.checkHeaders(headers, ofDocument: name)
            document = MetalinkDocument(try await read(source), named: name)
        }
        let requests = try document.requests(like: template)
        let forOne = [
            options.filename.map { _ in "--filename" }, options.hash.map { _ in "--hash" },
            options.mirror.first.map { _ in "--mirror" },
        ].compactMap { $0 }
        if requests.count > 1, let option = forOne.first {
            throw Failure(
                .usage,
                "\(option) is for one file, and \(name) describes \(requests.count)",
                hint: "leave it out: a Metalink names its files, mirrors and digests"
            )
        }
        return requests
    }

    private func read(_ path: String) async throws -> [UInt8] {
        guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw Failure(
                .usage,
                "the Metalink \(path) cannot be read",
                hint: "give a file, a URL, or - for standard input"
            )
        }
        do {
            return Array(try file.read(upToCount: MetalinkDocument.maximumLength + 1) ?? Data())
        } catch {
            throw Failure(
                .usage,
                "the Metalink \(path) cannot be read",
                cause: error.localizedDescription
            )
        }
    }
}
