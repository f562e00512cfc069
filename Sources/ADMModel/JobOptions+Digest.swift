import Foundation

extension JobOptions {
    /// Takes what somebody says of the digest: the digest itself, or the URL or file of a checksum list, which an
    /// algorithm may stand before.
    ///
    /// It replaces what was said of the digest before. A file is named as `paths` understands it, and must be
    /// there.
    ///
    /// - Throws: ``Failure`` with `usage` if it is none of them; as ``PathExpansion/given(_:)`` for a file.
    public mutating func expect(_ text: String, paths: PathExpansion) throws(Failure) {
        let (algorithm, list) = JobOptions.algorithm(before: text)
        checksum = nil
        checksumList = nil
        checksumFile = nil
        listAlgorithm = algorithm
        if let path = JobOptions.path(ofFileURL: list) {
            checksumFile = try JobOptions.listFile(path, paths)
        } else if list.contains("://") {
            checksumList = try SourceURL(list)
        } else {
            do throws(Failure) {
                checksum = try Checksum(parsing: text)
                listAlgorithm = nil
            } catch {
                guard try JobOptions.isPath(list, paths) else { throw error }
                checksumFile = try JobOptions.listFile(list, paths)
            }
        }
    }

    /// `sha256:` in front of the place of a list.
    private static func algorithm(before text: String) -> (DigestAlgorithm?, rest: String) {
        guard let colon = text.firstIndex(of: ":"),
            let algorithm = DigestAlgorithm(name: String(text[..<colon]))
        else { return (nil, text) }
        return (algorithm, String(text[text.index(after: colon)...]))
    }

    private static func path(ofFileURL text: String) -> String? {
        guard text.lowercased().hasPrefix("file:///") else { return nil }
        return String(text.dropFirst(7)).removingPercentEncoding
    }

    /// Whether somebody who writes this means a file: one that is there, or one in a directory.
    private static func isPath(_ text: String, _ paths: PathExpansion) throws(Failure) -> Bool {
        let isInDirectory = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
        guard !isInDirectory, !text.hasPrefix("~/") else { return true }
        return FileManager.default.fileExists(atPath: try paths.given(text))
    }

    /// The absolute path of a checksum list, which is read when the file is fetched.
    private static func listFile(_ text: String, _ paths: PathExpansion) throws(Failure) -> String {
        let path = try paths.given(text)
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .usage,
                "there is no checksum list \(path)",
                hint: "--hash takes a digest, or the file or URL of a list such as SHA256SUMS"
            )
        }
        let isDirectory = FileManager.default.fileExists(atPath: path + "/.")
        guard !isDirectory, FileManager.default.isReadableFile(atPath: path) else {
            throw Failure(
                .usage,
                "the checksum list \(path) cannot be read",
                hint: isDirectory
                    ? "it is a directory: name the file in it" : "you have no permission to read it"
            )
        }
        return path
    }
}
