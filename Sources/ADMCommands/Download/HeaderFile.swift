import ADMModel
import ADMSystem
import Foundation

/// Header fields that are read from a file or from standard input, one a line.
enum HeaderFile {
    /// The fields that `--header` names; `@FILE` stands for the lines of a file, all of them secret.
    ///
    /// A secret in an argument is taken, but the person learns of the better way.
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
            OwnProcess.concealMemory()
            for (number, line) in try lines(path) {
                guard var field = try? HeaderField(line) else {
                    // A line that is no field may be a secret from its first letter on.
                    throw Failure(
                        .usage,
                        "\(path == "-" ? "standard input" : path):\(number): this is not a header field that"
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
    /// With `isLatin1` it was read as ISO 8859-1, and is sent in the bytes that it came in.
    ///
    /// - Throws: ``Failure`` with `usage`; it never shows the value.
    static func field(_ text: String, isLatin1: Bool = false) throws(Failure) -> HeaderField {
        var field = try HeaderField(parsing: text)
        if isLatin1 { field.keepLatin1() }
        if field.isSecret { OwnProcess.concealMemory() }
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
    /// - Throws: ``Failure`` with `usage` if the file cannot be read or is longer than 64 KiB.
    static func lines(_ path: String) throws(Failure) -> [(number: Int, text: ByteText)] {
        let data: Data?
        if path == "-" {
            data = try? FileHandle.standardInput.read(upToCount: 65_537)
        } else {
            // A relative path is used as it is: the current directory may have a name that is not text.
            let place = path.hasPrefix("~") ? try DownloadOptions.absolute(path) : path
            let file = FileHandle(forReadingAtPath: place)
            data = try? file?.read(upToCount: 65_537) ?? (file == nil ? nil : Data())
        }
        guard let data, data.count <= 65_536 else {
            throw Failure(
                .usage,
                "the header file \(path) cannot be read or is longer than 64 KiB",
                hint: "it holds one 'Name: value' a line"
            )
        }
        var bytes = Array(data)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var lines: [(number: Int, text: ByteText)] = []
        let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let line = part.last == 0x0D ? part.dropLast() : part
            let isComment = line.first == UInt8(ascii: "#")
            guard !isComment, !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
            lines.append((number: index + 1, text: ByteText(line)))
        }
        return lines
    }
}
