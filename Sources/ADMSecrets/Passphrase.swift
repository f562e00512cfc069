import ADMModel
import Crypto
import CryptoExtras
import Foundation

/// Keys from passphrases.
enum Passphrase {
    // What OWASP recommends for scrypt (2024): 128 MiB of memory.
    private static let rounds = 1 << 17
    private static let blockSize = 8

    /// Derives a key (RFC 7914).
    static func derive(_ passphrase: Secret, salt: Data) throws(Failure) -> SymmetricKey {
        do {
            return try KDF.Scrypt.deriveKey(
                from: passphrase.bytes,
                salt: salt,
                outputByteCount: 32,
                rounds: rounds,
                blockSize: blockSize,
                parallelism: 1
            )
        } catch {
            throw Failure(
                .credentialStore,
                "no key can be derived from the passphrase",
                cause: "\(error)"
            )
        }
    }
}

/// Keys from files.
enum KeyFile {
    /// Reads a key file.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if it cannot be read, is too short, or may be
    ///   read by others.
    static func read(_ path: String) throws(Failure) -> Data {
        let data: Data
        let mode: Int
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        } catch {
            throw Failure(
                .credentialStore,
                "the key file \(path) cannot be read",
                hint: "make one with: (umask 077; head -c 32 /dev/urandom > \(path))",
                cause: (error as? CocoaError).map { _ in "no such file, or no permission" }
            )
        }
        guard mode & 0o077 == 0 else {
            throw Failure(
                .credentialStore,
                "the key file \(path) may be read by others",
                hint: "chmod 600 \(path)"
            )
        }
        guard data.count >= 32 else {
            throw Failure(
                .credentialStore,
                "the key file \(path) is too short: \(data.count) bytes instead of 32",
                hint: "make one with: (umask 077; head -c 32 /dev/urandom > \(path))"
            )
        }
        return data
    }
}
