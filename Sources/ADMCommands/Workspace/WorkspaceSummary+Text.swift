import ADMModel

extension WorkspaceSummary {
    /// Its jobs in words: `1 running, 3 ready`; `none`; nothing if they cannot be counted.
    var jobsText: String {
        guard let jobs else { return "" }
        let parts = JobState.allCases.compactMap { state in
            jobs[state].map { "\($0) \(state.rawValue)" }
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
