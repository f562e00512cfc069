import ADMModel
import Foundation

/// What the arguments of `adm download` and `adm add` name: URLs, or a list of them.
enum RequestedSources: Sendable, Hashable {
    /// These URLs.
    case urls([String])
    /// The URLs in a file; `-` is standard input.
    case list(String)

    /// Reads the arguments.
    ///
    /// `batch FILE`, `-i FILE`, `-`, and a single argument that is a file and not a URL are a list.
    ///
    /// - Parameters:
    ///   - words: The arguments.
    ///   - inputFile: The value of `--input-file`.
    ///   - verb: The command, for hints.
    ///   - isFile: Whether a path leads to something.
    /// - Throws: ``Failure`` with `usage` if they contradict each other.
    init(
        _ words: [String],
        inputFile: String?,
        verb: String,
        isFile: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) throws(Failure) {
        if let inputFile {
            guard words.isEmpty else {
                throw Failure(
                    .usage,
                    "--input-file stands in place of URLs",
                    hint: "fetch the list with one command and the URLs with another"
                )
            }
            self = .list(inputFile)
            return
        }
        if words.first == "batch" {
            guard words.count == 2 else {
                throw Failure(
                    .usage,
                    "batch takes one file, or - for standard input",
                    hint: "\(verb) batch urls.txt"
                )
            }
            self = .list(words[1])
            return
        }
        let files = words.filter { $0 == "-" || !$0.contains("://") && isFile($0) }
        guard let file = files.first else {
            self = .urls(words)
            return
        }
        guard words.count == 1 else {
            throw Failure(
                .usage,
                "\(file == "-" ? "standard input" : file) is a list and stands alone",
                hint: "\(verb) batch \(file)"
            )
        }
        if file.hasSuffix(".meta4") || file.hasSuffix(".metalink") {
            throw Failure(.usage, "\(file) is a Metalink", hint: "\(verb) --metalink \(file)")
        }
        self = .list(file)
    }

    /// What reads standard input; nil if nothing does.
    var readsInput: String? { self == .list("-") ? "the list of URLs" : nil }
}
