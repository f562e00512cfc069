import ADMEngine
import ADMModel
import Foundation

@main struct DownloadOne {
    static func main() async throws {
        let url = try SourceURL(CommandLine.arguments.dropFirst().first ?? "")
        try await Home.run(ProcessInfo.processInfo.environment) { home in
            let work = try await home.workspace()
            let job = try await work.add(JobRequest(url: url))
            for await event in await work.events(of: job.id) { print(event.name) }
            print(try await work.job("\(job.number)").destination ?? "not saved")
        }
    }
}
