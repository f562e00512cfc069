import ADMModel
import ADMSystem
import Crypto
import Foundation
import Glibc
import Synchronization

/// Secrets in one encrypted file of the workspace, for machines without a desktop.
///
/// Each secret is sealed by itself with AES-256-GCM and bound to its credential, so that entries
/// cannot be exchanged. The key comes from a key file (HKDF, RFC 5869) or from a passphrase (scrypt,
/// RFC 7914); neither is stored.
final class EncryptedFile: SecretStore {
    private let configuration: SecretStores.Configuration
    // Deriving a key from a passphrase takes a good part of a second.
    private let known = Mutex<(derivation: SealedFile.Derivation, key: SymmetricKey)?>(nil)

    init(_ configuration: SecretStores.Configuration) { self.configuration = configuration }

    func read(_ credential: Credential) async throws(Failure) -> Secret? {
        guard let file = try SealedFile.load(configuration.file) else { return nil }
        guard let sealed = file.items[credential.identifier] else { return nil }
        let key = try await key(for: file)
        guard
            let bytes = try? AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed),
                using: key,
                authenticating: binding(credential)
            ),
            let secret = SecretRecord.decode(Array(bytes), for: credential)
        else { throw SecretRecord.damaged(credential) }
        return secret
    }

    func write(_ secret: Secret, for credential: Credential) async throws(Failure) {
        let lock = try SealedFile.Lock(configuration.file)
        defer { lock.release() }
        var file =
            try SealedFile.load(configuration.file)
            ?? SealedFile(derivation: newDerivation())
        let key = try await key(for: file)
        do {
            if file.check == nil { file.check = try seal(Array("adm".utf8), Data(), key) }
            file.items[credential.identifier] = try seal(
                SecretRecord.encode(secret, for: credential),
                binding(credential),
                key
            )
        } catch { throw SecretRecord.damaged(credential) }
        try file.save(configuration.file)
    }

    func remove(_ credential: Credential) async throws(Failure) {
        let lock = try SealedFile.Lock(configuration.file)
        defer { lock.release() }
        guard var file = try SealedFile.load(configuration.file) else { return }
        let id = credential.identifier
        guard file.items.removeValue(forKey: id) != nil else { return }
        try file.save(configuration.file)
    }

    private func seal(_ bytes: [UInt8], _ binding: Data, _ key: SymmetricKey) throws -> Data {
        guard let sealed = try AES.GCM.seal(bytes, using: key, authenticating: binding).combined
        else { throw CryptoKitError.incorrectParameterSize }
        return sealed
    }

    private func binding(_ credential: Credential) -> Data {
        let parts = [
            "adm", "1", configuration.workspace, credential.identifier,
            credential.kind.rawValue, credential.origin.scheme, credential.origin.host,
            String(credential.origin.port), credential.user ?? "",
        ]
        return Data(parts.joined(separator: "\n").utf8)
    }

    // MARK: - The key

    private func newDerivation() -> SealedFile.Derivation {
        let salt = Data((0..<32).map { _ in UInt8.random(in: 0...255) })
        return configuration.keyFile == nil ? .scrypt(salt) : .keyFile(salt)
    }

    private func key(for file: SealedFile) async throws(Failure) -> SymmetricKey {
        if let known = known.withLock(\.self), known.derivation == file.derivation {
            return known.key
        }
        let key = try await derive(file.derivation, isNew: file.check == nil)
        if let check = file.check {
            guard let box = try? AES.GCM.SealedBox(combined: check),
                (try? AES.GCM.open(box, using: key, authenticating: Data())) != nil
            else {
                throw Failure(
                    .credentialStore,
                    configuration.keyFile.map {
                        "the key file \($0) does not open \(configuration.file)"
                    } ?? "the passphrase does not open \(configuration.file)",
                    hint: "use the one that the file was made with"
                )
            }
        }
        known.withLock { $0 = (file.derivation, key) }
        OwnProcess.concealMemory()
        return key
    }

    private func derive(
        _ derivation: SealedFile.Derivation,
        isNew: Bool
    ) async throws(Failure) -> SymmetricKey {
        switch derivation {
        case .keyFile(let salt):
            guard let path = configuration.keyFile else {
                throw Failure(
                    .credentialStore,
                    "\(configuration.file) was made with a key file, and none is named",
                    hint: "adm profile set credential-key-file PATH"
                )
            }
            return HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: try KeyFile.read(path)),
                salt: salt,
                info: Data("adm credentials".utf8),
                outputByteCount: 32
            )
        case .scrypt(let salt):
            guard configuration.keyFile == nil, let ask = configuration.askPassphrase else {
                throw Failure(
                    .credentialStore,
                    "\(configuration.file) is locked with a passphrase, and nobody can be asked for it",
                    hint: configuration.keyFile == nil
                        ? "run adm in a terminal; for unattended use, set credential-key-file"
                        : "unset credential-key-file: the file was made with a passphrase"
                )
            }
            guard isNew else {
                let passphrase = try await ask("Passphrase of \(configuration.file): ")
                return try Passphrase.derive(passphrase, salt: salt)
            }
            let passphrase = try await ask("New passphrase for \(configuration.file): ")
            let again = try await ask("The same passphrase again: ")
            guard passphrase.equals(again) else {
                throw Failure(.usage, "the two passphrases differ", hint: "nothing was saved")
            }
            return try Passphrase.derive(passphrase, salt: salt)
        }
    }
}
