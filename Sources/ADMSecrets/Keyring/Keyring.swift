package import ADMModel
import ADMSystem
import CLibSecret
import Foundation
import Logging

/// The default keyring of the desktop, through the Secret Service of freedesktop.org.
///
/// The library is loaded at first need. Reading, storing and removing never ask the person anything:
/// only ``unlock()`` does.
package struct Keyring: SecretStore {
    private let configuration: SecretStores.Configuration

    init(_ configuration: SecretStores.Configuration) { self.configuration = configuration }

    /// The time that a call may take; longer if a person has to answer.
    private static let limit = Duration.seconds(3)
    private static let limitForPeople = Duration.seconds(60)

    /// Whether the keyring can be used now.
    package func state() async -> StoreState {
        if let problem = unreachable() { return problem }
        let result = await KeyringCall.run(within: Keyring.limit, late: StoreState.timeout) {
            cancel in
            unsafe StoreState.of { unsafe adm_keyring_state(cancel.pointer, $0) }
        }
        note("state", result)
        return result
    }

    /// Opens the keyring, or makes the first one; the desktop asks the person for the password.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    package func unlock() async throws(Failure) {
        if let problem = unreachable() { throw failure(problem) }
        let result = await KeyringCall.run(
            within: Keyring.limitForPeople,
            late: StoreState.timeout
        ) { cancel in unsafe StoreState.of { unsafe adm_keyring_unlock(cancel.pointer, $0) } }
        note("unlock", result)
        if result != .ready { throw failure(result) }
    }

    package func read(_ credential: Credential) async throws(Failure) -> Secret? {
        if let problem = unreachable() { throw failure(problem) }
        let attributes = attributes(of: credential)
        let (result, bytes) = await KeyringCall.run(
            within: Keyring.limit,
            late: (StoreState.timeout, nil as Secret?)
        ) { cancel in
            var bytes: UnsafeMutablePointer<UInt8>?
            var count = 0
            let result = unsafe StoreState.of { reason in
                unsafe KeyringAttributes.withC(attributes) {
                    unsafe adm_keyring_lookup(
                        $0,
                        attributes.count,
                        &bytes,
                        &count,
                        cancel.pointer,
                        reason
                    )
                }
            }
            guard let found = unsafe bytes else { return (result, nil) }
            let secret = unsafe Secret(UnsafeBufferPointer(start: found, count: count))
            unsafe adm_keyring_free(found, count)
            return (result, secret)
        }
        note("read", result)
        if result == .notFound { return nil }
        guard result == .ready, let bytes else { throw failure(result) }
        OwnProcess.concealMemory()
        guard let secret = SecretRecord.decode(bytes.bytes, for: credential) else {
            throw SecretRecord.damaged(credential)
        }
        return secret
    }

    package func write(_ secret: Secret, for credential: Credential) async throws(Failure) {
        if let problem = unreachable() { throw failure(problem) }
        let attributes = attributes(of: credential)
        let label = label(of: credential)
        let record: Secret
        do { record = Secret(try SecretRecord.encode(secret, for: credential)) } catch {
            throw SecretRecord.damaged(credential)
        }
        let result = await KeyringCall.run(
            within: Keyring.limit,
            late: StoreState.timeout
        ) { cancel in
            unsafe StoreState.of { reason in
                unsafe KeyringAttributes.withC(attributes) {
                    unsafe adm_keyring_store(
                        $0,
                        attributes.count,
                        label,
                        record.bytes,
                        record.count,
                        cancel.pointer,
                        reason
                    )
                }
            }
        }
        note("write", result)
        if result != .ready { throw failure(result) }
    }

    package func remove(_ credential: Credential) async throws(Failure) {
        if let problem = unreachable() { throw failure(problem) }
        let attributes = attributes(of: credential)
        let result = await KeyringCall.run(
            within: Keyring.limit,
            late: StoreState.timeout
        ) { cancel in
            unsafe StoreState.of { reason in
                unsafe KeyringAttributes.withC(attributes) {
                    unsafe adm_keyring_remove($0, attributes.count, cancel.pointer, reason)
                }
            }
        }
        note("remove", result)
        if result != .ready, result != .notFound { throw failure(result) }
    }

    /// What is known to be missing before the service is asked.
    private func unreachable() -> StoreState? {
        guard KeyringBus.exists(configuration.environment) else {
            return .unavailable("there is no session bus")
        }
        let loaded = unsafe StoreState.of { unsafe adm_keyring_load($0) }
        return loaded == .ready ? nil : .libraryMissing
    }

    private func note(_ call: String, _ result: StoreState) {
        configuration.logger.debug(
            "keyring called",
            metadata: ["call": "\(call)", "answer": "\(result.word)"]
        )
    }

    private func failure(_ state: StoreState) -> Failure {
        state.failure(hasDisplay: KeyringBus.hasDisplay(configuration.environment))
    }

    // All of them are asked for when reading, so that a row that was tampered with finds nothing.
    private func attributes(of credential: Credential) -> [KeyringAttributes.Pair] {
        [
            ("application", "adm"), ("schema_version", "1"),
            ("workspace", configuration.workspace), ("kind", credential.kind.rawValue),
            ("scheme", credential.origin.scheme), ("host", credential.origin.host),
            ("port", String(credential.origin.port)), ("user", credential.user ?? ""),
            ("id", credential.identifier),
        ].map(KeyringAttributes.Pair.init)
    }

    private func label(of credential: Credential) -> String {
        let user = credential.user.map { "\($0)@" } ?? ""
        return "adm: \(user)\(credential.origin.host) (\(configuration.name))"
    }
}
