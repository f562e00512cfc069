package import ADMModel
package import Logging

/// A place that keeps secrets.
package protocol SecretStore: Sendable {
    /// Reads a secret; nil if it certainly is not there.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if that cannot be told.
    func read(_ credential: Credential) async throws(Failure) -> Secret?

    /// Keeps a secret, in place of an earlier one for the same credential.
    ///
    /// - Throws: ``Failure`` with `credentialStore`; then the earlier one is still there.
    func write(_ secret: Secret, for credential: Credential) async throws(Failure)

    /// Removes a secret; nothing happens if there is none.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    func remove(_ credential: Credential) async throws(Failure)
}

extension SecretStore {
    /// Refuses: the store is only read.
    package func write(_ secret: Secret, for credential: Credential) async throws(Failure) {
        throw Failure(
            .usage,
            "adm cannot put a secret into the store \(credential.store.rawValue)",
            hint: "put it there with the program that keeps it"
        )
    }

    /// Does nothing: what is there belongs to another program.
    package func remove(_ credential: Credential) async throws(Failure) {}

    /// Keeps a secret and reads it back, so that it is saved for certain when this returns.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    package func save(_ secret: Secret, for credential: Credential) async throws(Failure) {
        try await write(secret, for: credential)
        guard let found = try await read(credential), found.equals(secret) else {
            throw Failure(
                .credentialStore,
                "the secret was stored, but the store \(credential.store.rawValue) gives"
                    + " something else back",
                hint: "look into the store with its own program"
            )
        }
    }

    /// Removes a secret and sees that it is gone.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    package func erase(_ credential: Credential) async throws(Failure) {
        try await remove(credential)
        guard credential.store.isWritable, try await read(credential) != nil else { return }
        throw Failure(
            .credentialStore,
            "the store \(credential.store.rawValue) still has the secret after its removal",
            hint: "remove it with the store's own program"
        )
    }
}

/// The stores of one workspace.
package struct SecretStores: Sendable {
    /// What the stores need to know.
    package struct Configuration: Sendable {
        /// The identity of the workspace.
        package var workspace: String
        /// The name of the workspace, for labels that people see.
        package var name: String
        /// The encrypted file.
        package var file: String
        /// The file with the key of the encrypted file; nil to ask for a passphrase.
        package var keyFile: String?
        /// The command that prints a secret, with its arguments.
        package var command: [String]
        /// The variables of the process.
        package var environment: [String: String]
        /// Whether a person can answer a prompt.
        package var isInteractive: Bool
        /// Asks the person for a passphrase; nil if nobody can be asked.
        package var askPassphrase: (@Sendable (String) async throws(Failure) -> Secret)?
        /// What takes note of calls by their names; no secret and no user name is handed to it.
        package var logger: Logger

        /// Collects what the stores need.
        package init(
            workspace: String,
            name: String,
            file: String,
            keyFile: String?,
            command: [String],
            environment: [String: String],
            isInteractive: Bool,
            askPassphrase: (@Sendable (String) async throws(Failure) -> Secret)?,
            logger: Logger = .silent
        ) {
            self.workspace = workspace
            self.name = name
            self.file = file
            self.keyFile = keyFile
            self.command = command
            self.environment = environment
            self.isInteractive = isInteractive
            self.askPassphrase = askPassphrase
            self.logger = logger
        }
    }

    /// The keyring of the desktop.
    package let keyring: Keyring
    private let file: EncryptedFile
    private let command: SecretCommand
    private let provided: ProvidedSecrets

    /// Prepares the stores; nothing is opened before it is needed.
    package init(_ configuration: Configuration) {
        keyring = Keyring(configuration)
        file = EncryptedFile(configuration)
        command = SecretCommand(configuration)
        provided = ProvidedSecrets(environment: configuration.environment)
    }

    /// The store that keeps a credential.
    package subscript(store: CredentialStore) -> any SecretStore {
        switch store {
        case .keyring: keyring
        case .file: file
        case .command: command
        case .systemd, .environment, .netrc: provided
        }
    }

    /// What was given to the process itself for a server, without a login; nil for nothing.
    ///
    /// - Throws: ``Failure`` with `configuration` if it is there and cannot be understood.
    package func provided(
        by store: CredentialStore,
        for origin: SourceURL.Origin
    ) throws(Failure) -> Grant? {
        try provided.grant(from: store, for: origin)
    }
}
