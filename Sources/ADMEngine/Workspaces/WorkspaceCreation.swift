import ADMModel
import ADMProfiles
import ADMSystem
import Foundation

/// Makes workspaces.
struct WorkspaceCreation: Sendable {
    let files: HomeFiles

    /// What the name of a workspace begins with while it is being made.
    static let unfinishedPrefix = ".new-"

    /// Makes a workspace: its identity and its profile; the database follows at the first job.
    ///
    /// It is built beside its final place and appears there in one step. Whoever is killed on the
    /// way leaves nothing but a directory that the next change of any workspace sweeps.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - directory: Where its downloads go, absolute; nil for `~/Downloads/adm/NAME`.
    ///   - template: The shipped profile that it extends.
    ///   - use: Whether to choose it at once, as ``CurrentWorkspace/use(_:)`` does.
    /// - Returns: What was made, and what choosing it had to say.
    /// - Throws: ``Failure`` with `exists`; with `configuration` for an unknown template; with
    ///   `storage` or `noSpace`, and nothing is left then.
    func create(
        _ name: WorkspaceName,
        directory: String? = nil,
        template: String = "default",
        use: Bool = false
    ) throws(Failure) -> (workspace: WorkspaceLayout, use: WorkspaceUse?) {
        let profile = try initialProfile(template: template, directory: directory)
        return try files.locked { () throws(Failure) in
            guard !files.exists(name) else {
                throw Failure(
                    .exists,
                    "there is a workspace \"\(name)\" already",
                    hint: "adm ws use \(name) chooses it"
                )
            }
            try build(name, profile: profile)
            return (
                files.layout.workspace(name),
                use ? try CurrentWorkspace(files: files).point(to: name) : nil
            )
        }
    }

    /// Makes `default` if it is missing; another process that makes it first is welcome.
    func createStandard() throws(Failure) {
        let profile = try initialProfile(template: "default", directory: nil)
        try files.locked { () throws(Failure) in
            if !files.exists(.standard) { try build(.standard, profile: profile) }
        }
    }

    private func build(_ name: WorkspaceName, profile: String) throws(Failure) {
        let identity = UUID.random().uuidString.lowercased()
        let unfinished = WorkspaceLayout(
            root: "\(files.layout.workspaces)/\(WorkspaceCreation.unfinishedPrefix)\(identity)"
        )
        try StateFile.makeDirectory(unfinished.root)
        do {
            try StateFile.write(unfinished.identity, identity + "\n")
            try StateFile.write(unfinished.profile, profile)
            try StateFile.synchronize(directory: unfinished.root)
            try StateFile.move(unfinished.root, to: files.layout.workspace(name).root)
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished.root)
            throw error
        }
    }

    private func initialProfile(
        template: String,
        directory: String?
    ) throws(Failure) -> String {
        let text = try Templates.starter(extending: template)
        guard let directory else { return text }
        guard directory.hasPrefix("/") else {
            throw Failure(.usage, "the download directory is not absolute: \(directory)")
        }
        return try ProfileEditor.set("directory", to: [directory], in: text)
    }
}
