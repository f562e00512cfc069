import ADMEngine
import ADMModel

// The example of the README; a test compares the two, and runs it.
// begin example
func fetch(_ url: String, environment: [String: String]) async throws -> String? {
    let workspaces = try Workspaces(environment: environment)
    let workspace = try workspaces.select(flag: nil, profileFlag: nil)
    return try await Workspace.run(WorkspaceConfiguration(workspaces, workspace)) { engine in
        let job = try await engine.add(JobRequest(url: SourceURL(url)))
        for await event in await engine.events(of: job.id) { print(event.name) }
        return try await engine.job(job.id.description).destination
    }
}
// end example
