public import ADMModel
import ADMProfiles
import ADMSystem

/// The profile of a workspace: its own settings, as the text that a person wrote.
extension Workspaces {
    /// The text of the profile; empty if there is no such file.
    ///
    /// - Throws: ``Failure`` with `storage` when it cannot be read.
    public func profileText(of selection: WorkspaceSelection) throws(Failure) -> String {
        try profileText(of: selection.name) ?? ""
    }

    func profileText(of name: WorkspaceName) throws(Failure) -> String? {
        try StateFile.read(home.workspace(name).profile)
    }

    /// Gives one setting of the profile a value; comments and everything else stay as they are.
    ///
    /// - Parameters:
    ///   - key: The name of the setting.
    ///   - values: Its value; several for a list.
    ///   - selection: The workspace.
    /// - Throws: ``Failure`` with `configuration` for an unknown key, with the nearest one, or a wrong
    ///   value, and the profile stays as it was.
    public func setProfile(
        _ key: String,
        to values: [String],
        in selection: WorkspaceSelection
    ) throws(Failure) {
        try changeProfile(of: selection) { (text) throws(Failure) in
            try ProfileEditor.set(
                key,
                to: values,
                in: text,
                path: selection.layout.profile
            )
        }
    }

    /// Takes one setting out of the profile, so that the layers below count.
    ///
    /// - Returns: Whether it was there.
    /// - Throws: ``Failure`` with `configuration` for an unknown key.
    @discardableResult
    public func unsetProfile(
        _ key: String,
        in selection: WorkspaceSelection
    ) throws(Failure) -> Bool {
        try changeProfile(of: selection) { (text) throws(Failure) in
            try ProfileEditor.unset(key, in: text, path: selection.layout.profile)
        }
    }

    /// Replaces the whole text of the profile, if nobody changed it in the meantime.
    ///
    /// - Parameters:
    ///   - text: The new text.
    ///   - original: The text that it was made from.
    ///   - selection: The workspace.
    /// - Throws: ``Failure`` with `configuration` if the text is no profile, `locked` if the
    ///   profile is not `original` any more; it stays as it was.
    public func replaceProfile(
        with text: String,
        expecting original: String,
        in selection: WorkspaceSelection
    ) throws(Failure) {
        try changeProfile(of: selection) { (current) throws(Failure) in
            guard current == original else {
                throw Failure(
                    .locked,
                    "\(selection.layout.profile) was changed by somebody else meanwhile"
                )
            }
            return text
        }
    }

    /// Sees that every line of the profile and of `config.toml` is right, and every variable.
    ///
    /// Also a value that a higher layer overrules is looked at.
    ///
    /// - Throws: ``Failure`` with `configuration`, and in its message file, line and column.
    public func validate(_ selection: WorkspaceSelection) throws(Failure) {
        _ = try profile(of: selection.name, checking: .everything)
        _ = try config(checking: .everything)
        _ = try settings(for: selection)
        if let (name, nearest) = unknownVariables().first {
            throw Failure(
                .configuration,
                "the variable \(name) means nothing to adm",
                hint: nearest.map { "did you mean \($0)?" } ?? "unset \(name)"
            )
        }
    }

    /// Changes the text under the lock; returns whether that made a difference.
    @discardableResult
    private func changeProfile(
        of selection: WorkspaceSelection,
        _ change: (String) throws(Failure) -> String
    ) throws(Failure) -> Bool {
        try locked { () throws(Failure) in
            try require(selection.identity, under: selection.name)
            let text = try profileText(of: selection.name) ?? ""
            let changed = try change(text)
            guard changed != text else { return false }
            _ = try ProfileFile(path: selection.layout.profile, text: changed)
            try StateFile.replace(selection.layout.profile, with: changed)
            return true
        }
    }
}
