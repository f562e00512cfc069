import ADMEngine
import ADMModel
import Foundation

/// A workspace as JSON shows it.
struct WorkspaceRow: Encodable {
    /// What is wrong with a workspace.
    struct Problem: Encodable {
        let code: Failure.Code
        let message: String
        let hint: String?
    }

    let name: String
    let id: String?
    let isCurrent: Bool
    let directory: String?
    let path: String
    let profile: String
    let database: String
    let jobs: [String: Int]?
    let problems: [Problem]

    enum CodingKeys: String, CodingKey {
        case name
        case id
        case isCurrent = "current"
        case directory
        case path
        case profile
        case database
        case jobs
        case problems
    }

    init(_ summary: WorkspaceSummary, isCurrent: Bool) {
        name = summary.name
        id = summary.identity?.uuidString.lowercased()
        self.isCurrent = isCurrent
        directory = summary.directory
        path = summary.layout.root
        profile = summary.layout.profile
        database = summary.layout.database
        jobs = summary.jobs.map { jobs in
            Dictionary(uniqueKeysWithValues: jobs.map { ($0.key.rawValue, $0.value) })
        }
        problems = summary.problems.map {
            Problem(code: $0.code, message: $0.message, hint: $0.hint)
        }
    }
}

extension WorkspaceSummary {
    /// Its jobs in words: `1 running, 3 ready`; `none`; nothing where they cannot be counted.
    var jobsText: String {
        guard let jobs else { return "" }
        let parts = JobState.allCases.compactMap { state in
            jobs[state].map { "\($0) \(state.rawValue)" }
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
