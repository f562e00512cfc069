import ADMModel
import Foundation
import Glibc

/// The content of the encrypted file.
struct SealedFile: Codable {
    /// How the key is made.
    enum Derivation: Codable, Hashable {
        case keyFile(Data)
        case scrypt(Data)
    }

    var version = 1
    let derivation: Derivation
    /// A known text, sealed: tells a wrong key from a damaged entry.
    var check: Data?
    /// The sealed secrets by the identifier of their credential.
    var items: [String: Data] = [:]

    init(derivation: Derivation) { self.derivation = derivation }

    /// Reads the file; nil if there is none.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    static func load(_ path: String) throws(Failure) -> SealedFile? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            let file = try JSONDecoder().decode(SealedFile.self, from: data)
            guard file.version == 1 else { throw CocoaError(.coderReadCorrupt) }
            return file
        } catch {
            throw Failure(
                .credentialStore,
                "the file of credentials \(path) cannot be read",
                hint: "restore it from a backup, or remove it and log in again"
            )
        }
    }

    /// Puts the file in the place of the earlier one, synced, readable for the owner only.
    ///
    /// - Throws: ``Failure`` with `credentialStore`; the earlier file is still there.
    func save(_ path: String) throws(Failure) {
        let temporary = "\(path).new"
        do {
            let data = try JSONEncoder().encode(self)
            unsafe unlink(temporary)
            let descriptor = unsafe open(
                temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0o600
            )
            guard descriptor >= 0 else { throw SealedFile.failure(path) }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
            guard unsafe rename(temporary, path) == 0 else { throw SealedFile.failure(path) }
        } catch {
            unsafe unlink(temporary)
            throw SealedFile.failure(path)
        }
        let directory = unsafe open(
            (path as NSString).deletingLastPathComponent,
            O_RDONLY | O_DIRECTORY | O_CLOEXEC
        )
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private static func failure(_ path: String) -> Failure {
        let reason = unsafe String(cString: strerror(errno))
        return Failure(.credentialStore, "\(path) cannot be written", cause: reason)
    }

    /// Keeps two processes from writing at once (flock(2)).
    struct Lock {
        private let descriptor: Int32

        init(_ path: String) throws(Failure) {
            descriptor = unsafe open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw SealedFile.failure(path) }
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        }

        func release() { close(descriptor) }
    }
}
