/// What a command prints with `--json`.
package struct CommandOutput: Sendable {
    /// The command, such as `adm list`.
    package let command: String
    /// What it prints; nil if it prints no data.
    package let shape: JSONShape?
    /// Whether it prints one document a line while it works, instead of one in all.
    package let printsLines: Bool

    private init(_ command: String, _ shape: JSONShape?, lines: Bool = false) {
        self.command = command
        self.shape = shape
        printsLines = lines
    }

    /// All commands that do something, in the order of docs/cli.md.
    package static let all: [CommandOutput] = jobs + queue + workspaces + settings + others

    private static let jobs = [
        CommandOutput("adm download", .list(JobDocument.shape)),
        CommandOutput("adm add", AddedJobDocument.shape, lines: true),
        CommandOutput("adm run", EventDocument.shape, lines: true),
        CommandOutput("adm list", .list(ListedJobDocument.shape)),
        CommandOutput("adm show", JobDetailDocument.shape),
        CommandOutput("adm why", WaitDocument.shape),
        CommandOutput("adm resume", .list(JobDocument.shape)),
        CommandOutput("adm history", .list(ListedJobDocument.shape)),
        CommandOutput("adm rm", .list(ListedJobDocument.shape)),
        CommandOutput("adm events", EventDocument.shape, lines: true),
        CommandOutput("adm stats", StatisticsDocument.shape),
        CommandOutput("adm top", OverviewDocument.shape),
    ]

    private static let queue = [
        CommandOutput("adm queue list", .list(ListedJobDocument.shape)),
        CommandOutput("adm queue pause", QueueActionDocument.shape),
        CommandOutput("adm queue resume", QueueActionDocument.shape),
        CommandOutput("adm queue cancel", QueueActionDocument.shape),
        CommandOutput("adm queue retry", QueueActionDocument.shape),
        CommandOutput("adm queue set", .list(JobDocument.shape)),
        CommandOutput("adm queue move", .list(JobDocument.shape)),
        CommandOutput("adm queue clear", ClearedJobsDocument.shape),
        CommandOutput("adm queue wait", .list(JobDocument.shape)),
        CommandOutput("adm budget show", BudgetDocument.shape),
        CommandOutput("adm budget set", LimitsDocument.shape),
        CommandOutput("adm budget clear-cool-down", .list(.text())),
    ]

    private static let workspaces = [
        CommandOutput("adm ws list", .list(WorkspaceDocument.shape)),
        CommandOutput("adm ws list --trash", .list(TrashDocument.shape)),
        CommandOutput("adm ws show", WorkspaceDocument.shape),
        CommandOutput("adm ws create", WorkspaceDocument.shape),
        CommandOutput("adm ws use", WorkspaceChoiceDocument.shape),
        CommandOutput("adm ws rename", WorkspaceDocument.shape),
        CommandOutput("adm ws rm", RemovalDocument.shape),
        CommandOutput("adm ws restore", WorkspaceDocument.shape),
        CommandOutput("adm ws set", ShareDocument.shape),
        CommandOutput("adm ws pause", ShareDocument.shape),
        CommandOutput("adm ws resume", ShareDocument.shape),
    ]

    private static let settings = [
        CommandOutput("adm profile show", ProfileDocument.shape),
        CommandOutput("adm profile get", SettingDocument.shape),
        CommandOutput("adm profile set", SettingDocument.shape),
        CommandOutput("adm profile unset", SettingDocument.shape),
        CommandOutput("adm profile edit", nil),
        CommandOutput("adm profile validate", ProfileCheckDocument.shape),
        CommandOutput("adm config show", .list(SettingDocument.shape)),
        CommandOutput("adm config schema", nil),
        CommandOutput("adm auth login", CredentialDocument.shape),
        CommandOutput("adm auth logout", .list(CredentialDocument.shape)),
        CommandOutput("adm auth list", .list(CredentialDocument.shape)),
        CommandOutput("adm auth status", CredentialStatusDocument.shape),
        CommandOutput("adm auth test", CredentialTestDocument.shape),
        CommandOutput("adm auth token", nil),
        CommandOutput("adm auth unlock", nil),
        CommandOutput("adm auth migrate", .list(CredentialDocument.shape)),
        CommandOutput("adm token create", NewTokenDocument.shape),
        CommandOutput("adm token list", .list(TokenDocument.shape)),
        CommandOutput("adm token revoke", .list(TokenDocument.shape)),
    ]

    private static let others = [
        CommandOutput("adm serve", nil),
        CommandOutput("adm test", .list(TestDocument.shape)),
    ]
}
