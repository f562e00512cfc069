import ADMModel
import Foundation

/// Header fields that are read from a file or from standard input, one a line.
enum HeaderFile {
    /// The fields that `--header` names; `@FILE` stands for the lines of a file.
    ///
    /// - Throws: ``Failure`` with `usage`; it never shows a value.
    static func fields(_ options: [String]) throws(Failure) -> [HeaderField] {
        var fields: [HeaderField] = []
        for text in options {
            guard text.hasPrefix("@") else {
                fields.append(try HeaderField(parsing: text))
                continue
            }
            for line in try lines(String(text.dropFirst())) {
                fields.append(try HeaderField(parsing: line))
            }
        }
        return fields
    }

    /// The lines that are neither empty nor comments; `-` is standard input.
    ///
    /// - Throws: ``Failure`` with `usage` where the file cannot be read or is longer than 64 KiB.
    static func lines(_ path: String) throws(Failure) -> [String] {
        let data: Data?
        if path == "-" {
            data = try? FileHandle.standardInput.read(upToCount: 65_537)
        } else {
            let file = FileHandle(forReadingAtPath: DownloadOptions.absolute(path))
            data = try? file?.read(upToCount: 65_537) ?? (file == nil ? nil : Data())
        }
        guard let data, data.count <= 65_536 else {
            throw Failure(
                .usage,
                "the header file \(path) cannot be read or is longer than 64 KiB",
                hint: "it holds one 'Name: value' a line"
            )
        }
        return String(decoding: data, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    }
}
