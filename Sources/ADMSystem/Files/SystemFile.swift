import Glibc

/// Small files that the kernel or another process of adm writes, read as far as they can be.
enum SystemFile {
    /// The bytes of a file, at most a megabyte; nil if it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK)
        return try? file?.readAll(limit: 1_048_576)
    }
}
