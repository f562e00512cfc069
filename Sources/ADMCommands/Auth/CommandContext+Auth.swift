import ADMEngine
import ADMModel
import Foundation

extension CommandContext {
    /// What a command about credentials works in; a passphrase is asked for where one is needed.
    func authConfiguration() throws(Failure) -> EngineConfiguration {
        var configuration = try EngineConfiguration(workspaces, try selection())
        configuration.prompt.isInteractive = canAsk
        if canAsk {
            configuration.prompt.askPassphrase = { (question) throws(Failure) in
                try SecretInput.ask(question)
            }
        }
        return configuration
    }

    /// Asks for the passphrase of the workspace's encrypted secrets before anything is drawn.
    ///
    /// An empty answer goes on without them.
    func askPassphrase(for configuration: inout EngineConfiguration) throws(Failure) {
        configuration.prompt.isInteractive = canAsk
        let layout = configuration.selection.layout
        guard canAsk, configuration.settings.credentials.keyFile == nil,
            configuration.settings.credentials.store != nil,
            FileManager.default.fileExists(atPath: layout.credentials)
        else { return }
        let passphrase = try SecretInput.askOptional(
            "Passphrase of the workspace \(configuration.selection.name) (empty to go on without): "
        )
        guard let passphrase else { return }
        configuration.prompt.askPassphrase = { (_) throws(Failure) in passphrase }
    }
}
