public import ADMModel

extension Workspaces {
    /// Which workspace is meant, by the first that speaks: the flags, `ADM_WORKSPACE` or
    /// `ADM_PROFILE`, `adm ws use`, else `default`.
    ///
    /// The two flags mean the same, as do the two variables; an empty variable counts as unset. The
    /// workspace need not exist: ``select(flag:profileFlag:)`` sees to that.
    ///
    /// - Throws: ``Failure`` with `usage` if two names disagree or one is no name,
    ///   `configuration` or `storage` if the choice of `adm ws use` cannot be read. What stands
    ///   below the level that speaks is not looked at.
    public func choice(
        flag: String?,
        profileFlag: String?
    ) throws(Failure) -> WorkspaceChoice {
        if let choice = try agreed(
            (flag, .flag("--workspace")),
            (profileFlag, .flag("--profile"))
        ) {
            return choice
        }
        return try choiceWithoutFlags()
    }

    /// Which workspace is meant if no flag names one.
    func choiceWithoutFlags() throws(Failure) -> WorkspaceChoice {
        if let choice = try agreed(
            (environment.variable("ADM_WORKSPACE"), .environment("ADM_WORKSPACE")),
            (environment.variable("ADM_PROFILE"), .environment("ADM_PROFILE"))
        ) {
            return choice
        }
        if let pointer = try CurrentPointer.read(home) {
            return WorkspaceChoice(
                name: try target(of: pointer),
                origin: .pointer,
                identity: pointer.identity
            )
        }
        return WorkspaceChoice(name: .standard, origin: .standard)
    }

    /// The workspace that this process works in.
    ///
    /// Only `default` is made when it does not exist; every other name must have been created. Call
    /// it once and keep the result: another terminal may choose differently at any time.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name, and whatever
    ///   ``choice(flag:profileFlag:)`` throws.
    public func select(
        flag: String? = nil,
        profileFlag: String? = nil
    ) throws(Failure) -> WorkspaceSelection {
        let choice = try choice(flag: flag, profileFlag: profileFlag)
        if choice.name == .standard, choice.identity == nil, !exists(.standard) {
            try createStandard()
        }
        return try selection(choice)
    }

    /// The workspace that a process looks at; nothing is made.
    ///
    /// - Throws: ``Failure`` as ``select(flag:profileFlag:)`` does.
    public func look(
        flag: String? = nil,
        profileFlag: String? = nil
    ) throws(Failure) -> WorkspaceSelection {
        let choice = try choice(flag: flag, profileFlag: profileFlag)
        guard choice.name == .standard, choice.identity == nil, !exists(.standard) else {
            return try selection(choice)
        }
        return WorkspaceSelection(
            name: .standard,
            identity: .random(),
            origin: choice.origin,
            layout: home.workspace(.standard),
            isMissing: true
        )
    }

    private func selection(_ choice: WorkspaceChoice) throws(Failure) -> WorkspaceSelection {
        let gone = Failure(
            .workspaceNotFound,
            "adm ws use chose the workspace \"\(choice.name)\", which does not exist any more",
            hint: "choose another one with adm ws use NAME, or adm ws restore \(choice.name)"
        )
        guard exists(choice.name) || choice.origin != .pointer else { throw gone }
        try require(choice.name, named: choice.origin.description)
        let identity = try identity(of: choice.name)
        // Another workspace may have got the name.
        if let wanted = choice.identity, wanted != identity { throw gone }
        return WorkspaceSelection(
            name: choice.name,
            identity: identity,
            origin: choice.origin,
            layout: home.workspace(choice.name)
        )
    }

    private func agreed(
        _ first: (name: String?, origin: SelectionOrigin),
        _ second: (name: String?, origin: SelectionOrigin)
    ) throws(Failure) -> WorkspaceChoice? {
        if let one = first.name, let other = second.name, one != other {
            throw Failure(
                .usage,
                "\(first.origin) names the workspace \(one.debugDescription)"
                    + " and \(second.origin) names \(other.debugDescription)",
                hint: "they mean the same thing: give only one of them"
            )
        }
        for (text, origin) in [first, second] {
            guard let text else { continue }
            do {
                return WorkspaceChoice(name: try WorkspaceName(text), origin: origin)
            } catch {
                var failure = error
                failure.message += " (from \(origin))"
                throw failure
            }
        }
        return nil
    }
}
