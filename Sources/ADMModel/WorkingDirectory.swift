import Glibc

/// The directory that relative paths start from.
package enum WorkingDirectory {
    /// Its absolute path.
    ///
    /// - Throws: ``Failure`` with `storage` if it is gone, or if its name is not UTF-8: adm keeps paths as
    ///   text, and would use another directory.
    package static func path() throws(Failure) -> String {
        guard let path = unsafe getcwd(nil, 0) else {
            let code = errno
            throw Failure(
                .storage,
                "the current directory cannot be found",
                hint: "cd to another directory, or write paths that begin with /",
                cause: unsafe String(cString: strerror(code))
            )
        }
        defer { unsafe free(path) }
        if let text = unsafe String(validatingCString: path) { return text }
        let bytes = unsafe UnsafeBufferPointer(start: path, count: strlen(path))
            .map { UInt8(bitPattern: $0) }
        throw Failure(
            .storage,
            "the current directory has a name that is not UTF-8: \(ByteText.shown(bytes))",
            hint: "cd to another directory, or write paths that begin with /"
        )
    }
}
