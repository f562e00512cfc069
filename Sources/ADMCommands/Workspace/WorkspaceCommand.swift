import ArgumentParser

/// `adm ws`: the verbs about workspaces.
struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ws",
        abstract: "Create, choose, list and remove workspaces.",
        usage: "adm ws COMMAND …",
        discussion: """
            A workspace keeps jobs, settings and downloads of one purpose apart from all others. \
            A command works in the workspace that the first of these names: --workspace or \
            --profile, ADM_WORKSPACE or ADM_PROFILE, 'adm ws use'; otherwise in default.

            EXAMPLES:
              adm ws create work --template metered --dir ~/work --use
              adm ws use -
              adm ws list
            """,
        subcommands: [
            CreateWorkspace.self, UseWorkspace.self, ListWorkspaces.self, ShowWorkspace.self,
            SetWorkspace.self, PauseWorkspace.self, ResumeWorkspace.self,
            RenameWorkspace.self, RemoveWorkspace.self, RestoreWorkspace.self,
        ],
        aliases: ["workspace"]
    )
}
