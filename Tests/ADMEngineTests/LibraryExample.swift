import ADMEngine
import ADMModel

// The example of the README; a test compares the two, and runs it.
// begin example
func fetch(_ url: String, environment: [String: String]) async throws -> String? {
    try await Home.run(environment) { home in
        let work = try await home.workspace()
        let job = try await work.add(JobRequest(url: SourceURL(url)))
        for await event in await work.events(of: job.id) { print(event.name) }
        return try await work.job("\(job.number)").destination
    }
}
// end example
