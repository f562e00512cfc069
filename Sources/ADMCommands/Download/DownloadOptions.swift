import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// The options that say how something is fetched.
struct DownloadOptions: ParsableArguments {
    @Option(
        name: [.customShort("O"), .long],
        help: ArgumentHelp(
            "Save under this name instead of the server's; - writes to standard output.",
            valueName: "name"
        )
    )
    var filename: String?

    @Option(
        name: [.short, .long, .customLong("directory")],
        help: ArgumentHelp("Save into this directory.", valueName: "path"),
        completion: .directory
    )
    var dir: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The digest that the file must have: sha256, sha512, sha1 or md5, a colon and the"
                + " digest, or the digest alone; or the file or URL of a checksum list such as"
                + " SHA256SUMS.",
            valueName: "algorithm:hex"
        )
    )
    var hash: String?

    @Option(
        name: .long,
        help: ArgumentHelp("When the file exists: skip, overwrite, error or rename.")
    )
    var ifExists: ConflictPolicy?

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp(
            "Send this header field; @FILE reads fields from a file, @- from standard input, so"
                + " that a secret is in no argument. May be repeated.",
            valueName: "name: value"
        )
    )
    var header: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Another server with the same file, for when the first one fails; with a digest both are"
                + " used at once. May be repeated.",
            valueName: "url"
        )
    )
    var mirror: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Higher first, from \(Priority.allowed.lowerBound) to \(Priority.allowed.upperBound); the"
                + " default is 1.",
            valueName: "number"
        )
    )
    var priority: String?

    @OptionGroup var tuning: TuningOptions

    /// The request for one URL with these options.
    ///
    /// - Throws: ``Failure`` with `usage` or `refused`.
    func request(for url: String, headers: [HeaderField]) throws(Failure) -> JobRequest {
        let options = try jobOptions(headers: headers)
        return JobRequest(url: try SourceURL(url), options: options)
    }

    /// What these options say of every job, whatever its URL.
    ///
    /// - Throws: ``Failure`` with `usage` or `refused`.
    func jobOptions(headers: [HeaderField]) throws(Failure) -> JobOptions {
        if dir?.isEmpty == true {
            throw Failure(
                .usage,
                "--dir is empty",
                hint: "leave it out for the workspace's directory"
            )
        }
        if let filename { try DownloadOptions.check(filename) }
        var options = JobOptions(
            directory: try dir.map { (dir) throws(Failure) in try DownloadOptions.absolute(dir) },
            fileName: filename,
            ifExists: ifExists,
            priority: try priority.map(Priority.parse) ?? 1,
            headers: headers,
            settings: try tuning.settings
        )
        if let hash { try options.expect(hash, paths: DownloadOptions.paths(for: hash)) }
        for mirror in mirror { options.mirrors.append(try SourceURL(mirror)) }
        return options
    }

    /// Sees that a file name does not mean standard output, which is for URLs of `adm download` alone.
    ///
    /// - Throws: ``Failure`` with `usage`.
    static func check(_ name: String) throws(Failure) {
        guard PassedFiles.isMeant(by: name) else { return }
        throw Failure(
            .usage,
            "\(name) is not the name of a file here",
            hint: "adm download -O - URL writes a file to standard output"
        )
    }

    /// A path as the file system sees it from here, `~/` expanded as in a profile.
    ///
    /// - Throws: ``Failure`` with `usage` if it begins with a tilde that stands for nothing known,
    ///   `storage` if it is relative and the current directory cannot be told.
    static func absolute(_ path: String) throws(Failure) -> String {
        try paths(for: path).given(path)
    }

    /// How paths are understood here; the home directory is looked up only if a tilde in `text` may mean it.
    static func paths(for text: String) -> PathExpansion {
        PathExpansion(
            home: text.contains("~") ? UserHome.path(ProcessEnvironment.variables) : nil
        )
    }
}
