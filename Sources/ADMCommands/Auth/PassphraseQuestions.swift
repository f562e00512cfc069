import ADMModel
import Glibc

/// Asks for the passphrases of encrypted secrets when the first of them is needed, once for each workspace
/// and never two at a time.
actor PassphraseQuestions {
    private var answers: [String: Result<Secret, Failure>] = [:]
    private var isAsking = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// The passphrase of a workspace.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if the person continues without it, `interrupted` after
    ///   cancellation.
    func answer(for workspace: String) async throws(Failure) -> Secret {
        while isAsking { await withCheckedContinuation { waiting.append($0) } }
        if let known = answers[workspace] { return try known.get() }
        guard Terminal(STDIN_FILENO).isForeground else {
            throw Failure(
                .credentialStore,
                "adm runs in the background and cannot ask for the passphrase of the workspace \(workspace)",
                hint: "fg brings it to the foreground; adm queue resume lets the job ask again then"
            )
        }
        isAsking = true
        let answer = await ProgressWriter.asking { await PassphraseQuestions.ask(workspace) }
        // A person who stops the process did not answer.
        if !Task.isCancelled { answers[workspace] = answer }
        isAsking = false
        for waiter in waiting { waiter.resume() }
        waiting = []
        return try answer.get()
    }

    private static func ask(_ workspace: String) async -> Result<Secret, Failure> {
        do throws(Failure) {
            let typed = try await SecretInput.askBeside(
                "Passphrase of the workspace \(workspace) (empty to continue without): "
            )
            if let typed { return .success(typed) }
        } catch {
            if Task.isCancelled { return .failure(error) }
        }
        return .failure(
            Failure(
                .credentialStore,
                "no passphrase was given for the secrets of the workspace \(workspace)",
                hint:
                    "the same command asks again; credential-key-file names a key that needs no passphrase"
            )
        )
    }
}
