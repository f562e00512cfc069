import ADMModel
import Glibc

/// The arguments of the process as text.
enum ProgramArguments {
    /// Reads them.
    ///
    /// A URL in another encoding keeps its bytes percent-encoded. Everything else must be UTF-8: a path with
    /// replaced characters would be another one.
    ///
    /// - Throws: ``Failure`` with `usage` that names the first argument that cannot be read.
    static func read() throws(Failure) -> [String] {
        try text(of: Array(bytes.dropFirst()))
    }

    /// The arguments as text.
    ///
    /// - Throws: as ``read()``.
    static func text(of arguments: [[UInt8]]) throws(Failure) -> [String] {
        var texts: [String] = []
        for (index, bytes) in arguments.enumerated() {
            if let text = String(validating: bytes, as: UTF8.self) {
                texts.append(text)
            } else if isURL(bytes) {
                texts.append(ByteText.url(bytes))
            } else {
                throw foreign(bytes, number: index + 1)
            }
        }
        return texts
    }

    private static func isURL(_ bytes: [UInt8]) -> Bool {
        let start = String(decoding: bytes.prefix(8), as: UTF8.self).lowercased()
        return start.hasPrefix("http://") || start == "https://"
    }

    private static func foreign(_ bytes: [UInt8], number: Int) -> Failure {
        // What has a colon may be a header field with a secret.
        let shown = bytes.contains(0x3A) ? "" : " (\(ByteText.shown(bytes)))"
        return Failure(
            .usage,
            "argument \(number)\(shown) is not valid UTF-8",
            hint:
                "adm takes names and paths in UTF-8 only, and would use another one; a header field in"
                + " other bytes can come from a file: --header @FILE"
        )
    }

    private static var bytes: [[UInt8]] {
        (0..<Int(CommandLine.argc)).map { index in
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { return [] }
            let bytes = unsafe UnsafeBufferPointer(start: argument, count: strlen(argument))
            return unsafe bytes.map { UInt8(bitPattern: $0) }
        }
    }
}
