import ADMCatalog
public import ADMModel
import ADMSystem

extension Workspaces {
    /// Gives a workspace another name; its identity, and so its credentials, stay.
    ///
    /// Where it is the chosen one, the choice follows. Unfinished jobs go on in the directory where
    /// they began; later ones go where the profile says, which by default follows the name.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; `exists` when the new name is taken; `locked`
    ///   while a process works in it, whether or not it has a job.
    public func rename(_ name: WorkspaceName, to newName: WorkspaceName) async throws(Failure) {
        try await lockedAcrossWaits { () async throws(Failure) in
            try require(name)
            guard name != newName else { return }
            guard !exists(newName) else {
                throw Failure(.exists, "there is a workspace \"\(newName)\" already")
            }
            let hold = try await requireIdle(name)
            try follow(name, to: newName) { () throws(Failure) in
                try hold.requireCurrent()
                try StateFile.move(home.workspace(name).root, to: home.workspace(newName).root)
            }
        }
    }

    /// Moves the pointer along with the workspace.
    ///
    /// Before the move it gets the identity, by which it is found if nothing happens after the move.
    private func follow(
        _ name: WorkspaceName,
        to newName: WorkspaceName,
        _ move: () throws(Failure) -> Void
    ) throws(Failure) {
        let old = (try? CurrentPointer.read(home)) ?? nil
        var pointer = old ?? CurrentPointer(current: .standard, identity: nil, previous: nil)
        if pointer.current == name, pointer.identity == nil {
            pointer.identity = try identity(of: name)
            try pointer.write(home)
        }
        try move()
        let moved = CurrentPointer(
            current: pointer.current == name ? newName : pointer.current,
            identity: pointer.identity,
            previous: pointer.previous == name ? newName : pointer.previous
        )
        if moved != pointer { try moved.write(home) }
    }
}
