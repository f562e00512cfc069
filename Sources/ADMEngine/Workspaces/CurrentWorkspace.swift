import ADMModel

/// The choice of the workspace for all commands that name none.
struct CurrentWorkspace: Sendable {
    let files: HomeFiles

    /// Chooses the workspace for all commands that name none.
    ///
    /// - Returns: What was chosen before, and the environment variable that overrides the choice.
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    func use(_ name: WorkspaceName) throws(Failure) -> WorkspaceUse {
        try files.locked { () throws(Failure) in
            if name != .standard { try files.require(name) }
            return try point(to: name)
        }
    }

    /// Chooses the workspace that was chosen before the present one; twice changes nothing.
    ///
    /// - Throws: ``Failure`` with `usage` if there was none.
    func usePrevious() throws(Failure) -> WorkspaceUse {
        try files.locked { () throws(Failure) in
            guard let previous = try CurrentPointer.read(files.layout)?.previous else {
                throw Failure(
                    .usage,
                    "no other workspace was chosen before",
                    hint: "adm ws use NAME chooses one"
                )
            }
            if previous != .standard { try files.require(previous, named: "adm ws use -") }
            return try point(to: previous)
        }
    }

    /// The name of the workspace that a pointer means.
    ///
    /// If another workspace has the identity, the chosen one got that name.
    func target(of pointer: CurrentPointer) throws(Failure) -> WorkspaceName {
        guard let wanted = pointer.identity, (try? files.identity(of: pointer.current)) != wanted
        else {
            return pointer.current
        }
        return try files.names().first { (try? files.identity(of: $0)) == wanted }
            ?? pointer.current
    }

    /// Writes the pointer; the lock must be held.
    func point(to name: WorkspaceName) throws(Failure) -> WorkspaceUse {
        // A pointer that cannot be understood is what this repairs.
        let old = (try? CurrentPointer.read(files.layout)) ?? nil
        let before = old?.current ?? .standard
        let pointer = CurrentPointer(
            current: name,
            identity: try? files.identity(of: name),
            previous: before == name ? old?.previous : before
        )
        if pointer != old { try pointer.write(files.layout) }
        let override = ["ADM_WORKSPACE", "ADM_PROFILE"].first { variable in
            files.environment.variable(variable).map { $0 != name.description } ?? false
        }
        return WorkspaceUse(
            name: name,
            previous: before,
            overriddenBy: override,
            overridingName: override.flatMap { files.environment.variable($0) }
        )
    }

    /// Moves the pointer along with the workspace.
    ///
    /// Before the move it gets the identity, by which it is found if nothing happens after the move.
    func follow(
        _ name: WorkspaceName,
        to newName: WorkspaceName,
        _ move: () throws(Failure) -> Void
    ) throws(Failure) {
        let old = (try? CurrentPointer.read(files.layout)) ?? nil
        var pointer = old ?? CurrentPointer(current: .standard, identity: nil, previous: nil)
        if pointer.current == name, pointer.identity == nil {
            pointer.identity = try files.identity(of: name)
            try pointer.write(files.layout)
        }
        try move()
        let moved = CurrentPointer(
            current: pointer.current == name ? newName : pointer.current,
            identity: pointer.identity,
            previous: pointer.previous == name ? newName : pointer.previous
        )
        if moved != pointer { try moved.write(files.layout) }
    }

    /// Takes a removed workspace out of the pointer; returns what is chosen then.
    func forget(_ name: WorkspaceName) throws(Failure) -> WorkspaceName? {
        guard let pointer = try? CurrentPointer.read(files.layout) else { return nil }
        guard pointer.current == name else {
            if pointer.previous == name {
                var rest = pointer
                rest.previous = nil
                try rest.write(files.layout)
            }
            return nil
        }
        let next = pointer.previous.flatMap { files.exists($0) ? $0 : nil } ?? .standard
        try CurrentPointer(
            current: next,
            identity: try? files.identity(of: next),
            previous: nil
        ).write(files.layout)
        return next
    }
}
