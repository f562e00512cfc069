import ADMModel
import ADMSystem
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
        let bytes: [UInt8]
        do { bytes = Array(try JSONEncoder().encode(self)) } catch {
            throw Failure(.credentialStore, "\(path) cannot be written", cause: "\(error)")
        }
        let temporary = "\(path).new"
        unsafe unlink(temporary)
        do throws(Errno) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            let file = try Descriptor.open(temporary, flags, mode: 0o600)
            try file.writeAll(bytes)
            try file.sync()
            _ = try Errno.check { unsafe rename(temporary, path) }
        } catch {
            unsafe unlink(temporary)
            throw SealedFile.failure(path, error)
        }
        // The new file is there; that its name may not survive a power loss is no failure.
        try? Descriptor.open(ParentPath.of(path), O_RDONLY | O_DIRECTORY).syncDirectory()
    }

    private static func failure(_ path: String, _ error: Errno) -> Failure {
        Failure(.credentialStore, "\(path) cannot be written", cause: error.text)
    }

    /// Keeps two processes from writing at once (flock(2)).
    struct Lock {
        private let file: Descriptor

        init(_ path: String) throws(Failure) {
            do throws(Errno) {
                let file = try Descriptor.open("\(path).lock", O_RDWR | O_CREAT, mode: 0o600)
                _ = try Errno.check { flock(file.number, LOCK_EX) }
                self.file = file
            } catch {
                throw SealedFile.failure(path, error)
            }
        }

        func release() { flock(file.number, LOCK_UN) }
    }
}
