/// Everything that the API does, resource by resource.
enum API {
    /// All operations.
    static let operations: [Operation] =
        Health.operations + Versions.operations + Workspaces.operations + Settings.operations
        + Jobs.operations + JobBulk.operations + JobChanges.operations
        + JobActions.operations + Queue.operations + Events.operations
        + Statistics.operations + Budgets.operations + Credentials.operations
        + Descriptions.operations + Metrics.operations

    /// What the address of a workspace is below.
    static let workspace = "/v1/workspaces/{workspace}"
}
