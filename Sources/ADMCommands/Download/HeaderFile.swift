import ADMModel
import CADMSystem
import Foundation

/// Header fields that are read from a file or from standard input, one a line.
enum HeaderFile {
    /// The fields that `--header` names; `@FILE` stands for the lines of a file, all of them secret.
    ///
    /// A secret in an argument is taken, but the person is told of the better way.
    ///
    /// - Throws: ``Failure`` with `usage`; it never shows a value.
    static func fields(
        _ options: [String],
        _ context: CommandContext
    ) throws(Failure) -> [HeaderField] {
        var fields: [HeaderField] = []
        for text in options {
            guard text.hasPrefix("@") else {
                let field = try field(text)
                fields.append(field)
                if field.isSecret { warn(of: field, context) }
                continue
            }
            let path = String(text.dropFirst())
            adm_conceal_memory()
            for (number, line) in try lines(path) {
                guard var field = try? HeaderField(parsing: line) else {
                    // A line that is no field may be a secret from its first letter on.
                    throw Failure(
                        .usage,
                        "\(path == "-" ? "standard input" : path):\(number): this is no header field that"
                            + " can be sent",
                        hint:
                            "it holds one 'Name: value' a line; adm sets Range, Host and the like itself"
                    )
                }
                field.isGivenInSecret = true
                fields.append(field)
            }
        }
        return fields
    }

    /// One field as it was written; from a secret one on, other processes cannot read the memory.
    ///
    /// - Throws: ``Failure`` with `usage`; it never shows the value.
    static func field(_ text: String) throws(Failure) -> HeaderField {
        let field = try HeaderField(parsing: text)
        if field.isSecret { adm_conceal_memory() }
        return field
    }

    private static func warn(of field: HeaderField, _ context: CommandContext) {
        context.warn(
            "the value of \(field.name) was in an argument, where other users could see it",
            hint: "write the field into a file and give --header @FILE, or @- for standard input"
        )
    }

    /// The lines that are neither empty nor comments, with their numbers; `-` is standard input.
    ///
    /// - Throws: ``Failure`` with `usage` where the file cannot be read or is longer than 64 KiB.
    static func lines(_ path: String) throws(Failure) -> [(number: Int, text: String)] {
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
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
            .map { (number: $0.offset + 1, text: String($0.element)) }
            .filter { !$0.text.hasPrefix("#") && !$0.text.allSatisfy(\.isWhitespace) }
    }
}
