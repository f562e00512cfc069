public import ADMModel

extension Workspaces {
    /// Chooses the workspace for all commands that name none.
    ///
    /// - Returns: What was chosen before, and the environment variable that overrides the choice.
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    @discardableResult
    public func use(_ name: WorkspaceName) throws(Failure) -> WorkspaceUse {
        try locked { () throws(Failure) in
            if name != .standard { try require(name) }
            return try point(to: name)
        }
    }

    /// Chooses the workspace that was chosen before the present one; twice changes nothing.
    ///
    /// - Throws: ``Failure`` with `usage` when there was none.
    @discardableResult
    public func usePrevious() throws(Failure) -> WorkspaceUse {
        try locked { () throws(Failure) in
            guard let previous = try CurrentPointer.read(home)?.previous else {
                throw Failure(
                    .usage,
                    "no other workspace was chosen before",
                    hint: "adm ws use NAME chooses one"
                )
            }
            if previous != .standard { try require(previous, named: "adm ws use -") }
            return try point(to: previous)
        }
    }
}
