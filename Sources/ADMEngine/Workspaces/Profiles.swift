import ADMModel
import ADMProfiles
import ADMSystem

/// The profiles of workspaces: their own settings, as the texts that people wrote.
struct Profiles: Sendable {
    let files: HomeFiles

    /// The text of a profile; empty if there is no such file.
    ///
    /// - Throws: ``Failure`` with `storage` if it cannot be read.
    func text(of name: WorkspaceName) throws(Failure) -> String {
        try StateFile.read(files.layout.workspace(name).profile) ?? ""
    }

    /// Gives one setting of the profile a value; comments and everything else stay as they are.
    ///
    /// - Parameters:
    ///   - key: The name of the setting.
    ///   - values: Its value; several for a list.
    ///   - selection: The workspace.
    /// - Throws: ``Failure`` with `configuration` for an unknown key, with the nearest one, or a wrong
    ///   value, and the profile stays as it was.
    func set(
        _ key: String,
        to values: [String],
        in selection: WorkspaceSelection
    ) throws(Failure) {
        try change(selection) { (text) throws(Failure) in
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
    func unset(
        _ key: String,
        in selection: WorkspaceSelection
    ) throws(Failure) -> Bool {
        try change(selection) { (text) throws(Failure) in
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
    func replace(
        with text: String,
        expecting original: String,
        in selection: WorkspaceSelection
    ) throws(Failure) {
        try change(selection) { (current) throws(Failure) in
            guard current == original else {
                throw Failure(
                    .locked,
                    "\(selection.layout.profile) was changed by somebody else meanwhile"
                )
            }
            return text
        }
    }

    /// Changes the text under the lock; returns whether that made a difference.
    @discardableResult
    private func change(
        _ selection: WorkspaceSelection,
        _ edit: (String) throws(Failure) -> String
    ) throws(Failure) -> Bool {
        try files.locked { () throws(Failure) in
            try files.require(selection.identity, under: selection.name)
            let text = try text(of: selection.name)
            let changed = try edit(text)
            guard changed != text else { return false }
            _ = try ProfileFile(path: selection.layout.profile, text: changed)
            try StateFile.replace(selection.layout.profile, with: changed)
            return true
        }
    }
}
