import ADMModel
import Glibc

/// Reads a file of settings whole, and never more than it may hold.
enum SettingsFile {
    /// The text of a file.
    ///
    /// - Throws: ``Failure`` with `configuration` that names the file: when it is missing, cannot be
    ///   read, is not a regular file, is larger than 1 MiB or is not UTF-8.
    static func text(_ path: String) throws(Failure) -> String {
        // Without O_NONBLOCK a FIFO would make adm wait for a writer for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.configuration, "cannot read \(path): it is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= TOMLDocument.sizeLimit {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw unreadable(path, errno) }
            bytes += buffer.prefix(count)
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

    private static func unreadable(_ path: String, _ code: Int32) -> Failure {
        Failure(
            .configuration,
            "cannot read \(path)",
            hint: code == EACCES ? "check its owner and its permissions" : nil,
            cause: unsafe String(cString: strerror(code))
        )
    }
}
