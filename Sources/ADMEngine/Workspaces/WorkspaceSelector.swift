import ADMModel

/// Says which workspace is meant.
struct WorkspaceSelector: Sendable {
    let files: HomeFiles

    /// Which workspace is meant, by the first that speaks: the caller, `ADM_WORKSPACE` or
    /// `ADM_PROFILE`, `adm ws use`, else `default`.
    ///
    /// All names of the caller mean the same, as do the two variables; an empty variable counts as unset. The
    /// workspace need not exist.
    ///
    /// - Throws: ``Failure`` with `usage` if two names disagree or one is no name,
    ///   `configuration` or `storage` if the choice of `adm ws use` cannot be read. What stands
    ///   below the level that speaks is not looked at.
    func choice(
        named names: [(name: String, origin: String)] = []
    ) throws(Failure) -> WorkspaceChoice {
        if let choice = try agreed(names.map { ($0.name, .caller($0.origin)) }) { return choice }
        let variables = ["ADM_WORKSPACE", "ADM_PROFILE"].compactMap { variable in
            files.environment.variable(variable).map { ($0, SelectionOrigin.environment(variable)) }
        }
        if let choice = try agreed(variables) { return choice }
        if let pointer = try CurrentPointer.read(files.layout) {
            return WorkspaceChoice(
                name: try CurrentWorkspace(files: files).target(of: pointer),
                origin: .pointer,
                identity: pointer.identity
            )
        }
        return WorkspaceChoice(name: .standard, origin: .standard)
    }

    /// The workspace that a choice means.
    ///
    /// If `default` does not exist it is created, or with `isLooking` reported as missing; every other name must
    /// have been created. Call it once and keep the result: another terminal may choose differently at any time.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name; `storage` if it is damaged or `default`
    ///   cannot be created.
    func selection(
        _ choice: WorkspaceChoice,
        isLooking: Bool = false
    ) throws(Failure) -> WorkspaceSelection {
        guard choice.name == .standard, choice.identity == nil, !files.exists(.standard) else {
            return try existing(choice)
        }
        guard isLooking else {
            try WorkspaceCreation(files: files).createStandard()
            return try existing(choice)
        }
        return WorkspaceSelection(
            name: .standard,
            identity: .random(),
            origin: choice.origin,
            layout: files.layout.workspace(.standard),
            isMissing: true
        )
    }

    /// An existing workspace by its name.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name; `storage` if it is damaged.
    func selection(of name: WorkspaceName) throws(Failure) -> WorkspaceSelection {
        try files.require(name)
        return try existing(WorkspaceChoice(name: name, origin: .caller("the caller")))
    }

    private func existing(_ choice: WorkspaceChoice) throws(Failure) -> WorkspaceSelection {
        let gone = Failure(
            .workspaceNotFound,
            "adm ws use chose the workspace \"\(choice.name)\", which does not exist any more",
            hint: "choose another one with adm ws use NAME, or adm ws restore \(choice.name)"
        )
        guard files.exists(choice.name) || choice.origin != .pointer else { throw gone }
        try files.require(choice.name, named: choice.origin.description)
        let identity = try files.identity(of: choice.name)
        // Another workspace may have got the name.
        if let wanted = choice.identity, wanted != identity { throw gone }
        return WorkspaceSelection(
            name: choice.name,
            identity: identity,
            origin: choice.origin,
            layout: files.layout.workspace(choice.name)
        )
    }

    private func agreed(
        _ names: [(name: String, origin: SelectionOrigin)]
    ) throws(Failure) -> WorkspaceChoice? {
        guard let first = names.first else { return nil }
        if let other = names.first(where: { $0.name != first.name }) {
            throw Failure(
                .usage,
                "\(first.origin) names the workspace \(first.name.debugDescription)"
                    + " and \(other.origin) names \(other.name.debugDescription)",
                hint: "they mean the same thing: give only one of them"
            )
        }
        do {
            return WorkspaceChoice(name: try WorkspaceName(first.name), origin: first.origin)
        } catch {
            var failure = error
            failure.message += " (from \(first.origin))"
            throw failure
        }
    }
}
