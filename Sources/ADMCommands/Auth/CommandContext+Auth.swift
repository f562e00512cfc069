import ADMEngine
import ADMModel
import Foundation

extension CommandContext {
    /// What a command about credentials works in; a passphrase is asked for if one is needed.
    func authConfiguration() async throws(Failure) -> WorkspaceConfiguration {
        var configuration = try await configuration()
        configuration.prompt.isInteractive = canAsk
        if canAsk {
            configuration.prompt.askPassphrase = { (question) async throws(Failure) in
                guard let secret = try await SecretInput.askBeside(question) else {
                    throw Failure(.usage, "the secret is empty")
                }
                return secret
            }
        }
        return configuration
    }

    /// Lets a run ask for the passphrase of the workspace's encrypted secrets when it needs one of them.
    ///
    /// With an empty answer it continues without them.
    func askPassphrase(
        for configuration: inout WorkspaceConfiguration,
        _ questions: PassphraseQuestions
    ) {
        configuration.prompt.isInteractive = canAsk
        let layout = configuration.selection.layout
        guard canAsk, configuration.settings.credentials.keyFile == nil,
            configuration.settings.credentials.store != nil,
            FileManager.default.fileExists(atPath: layout.credentials)
        else { return }
        let workspace = configuration.selection.name.description
        configuration.prompt.askPassphrase = { (_) async throws(Failure) in
            try await questions.answer(for: workspace)
        }
    }
}
