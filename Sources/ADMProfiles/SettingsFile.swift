import ADMModel
import ADMSystem
import Glibc

/// Reads a file of settings whole, and never more than it may hold.
enum SettingsFile {
    /// The text of a file.
    ///
    /// - Throws: ``Failure`` with `configuration` that names the file: when it is missing, cannot be
    ///   read, is not a regular file, is larger than 1 MiB or is not UTF-8.
    static func text(_ path: String) throws(Failure) -> String {
        // Without O_NONBLOCK a FIFO would make adm wait for a writer for ever.
        let bytes: [UInt8]?
        do throws(Errno) {
            let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
            let isRegular = try file.status().kind == .regular
            bytes = try isRegular ? file.readAll(limit: TOMLDocument.sizeLimit + 1) : nil
        } catch {
            throw Failure(
                .configuration,
                "cannot read \(path)",
                hint: Failure(error, "", of: .home).hint,
                cause: error.text
            )
        }
        guard let bytes else {
            throw Failure(.configuration, "cannot read \(path): it is not a regular file")
        }
        return try text(bytes, path: path)
    }

    /// The text that the bytes of a file are.
    ///
    /// - Throws: ``Failure`` with `configuration`, naming line and column of what is not UTF-8.
    static func text(_ bytes: [UInt8], path: String) throws(Failure) -> String {
        guard bytes.count <= TOMLDocument.sizeLimit else { throw TOMLDocument.tooLarge(path) }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let position = LineIndex(bytes).position(of: validPrefix(bytes))
        throw Failure(
            .configuration,
            "\(path):\(position): the text is not UTF-8",
            hint: "save the file as UTF-8"
        )
    }

    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var source = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&source) {
            offset += UTF8.width(scalar)
        }
        return offset
    }
}
