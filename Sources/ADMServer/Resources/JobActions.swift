import ADMDocuments
import ADMEngine
import ADMModel

/// What is done to jobs.
enum JobActions {
    static let operations = [
        Operation(
            .post,
            Jobs.one + "/actions/{action}",
            "actOnJob",
            "Pause, resume, cancel or retry a job; a process that runs it obeys within two seconds.",
            needs: .submit,
            answers: [Operation.Answer(200, "What came of it.", QueueActionDocument.shape)],
            run: actOnOne
        ),
        Operation(
            .post,
            API.workspace + "/actions/{action}",
            "actOnJobs",
            "Pause, resume, cancel or retry the jobs that are selected; without a state those in states that"
                + " the action is for.",
            needs: .submit,
            parameters: [.state, .tag],
            answers: [Operation.Answer(200, "What came of it.", QueueActionDocument.shape)],
            run: actOnMany
        ),
    ]

    /// The actions by name.
    private static let actions: [String: QueueAction] = [
        "pause": .pause, "resume": .resume, "cancel": .cancel,
        "retry": .retry(evenSucceeded: false),
    ]

    private static func action(_ call: Call) throws -> QueueAction {
        let name = try call.part("action")
        guard let action = actions[name] else {
            throw Problem(
                .noSuchPath,
                "there is no action \(name.prefix(80).debugDescription)",
                hint: "the actions are \(actions.keys.sorted().joined(separator: ", "))"
            )
        }
        return action
    }

    @Sendable private static func actOnOne(_ call: Call) async throws -> Reply {
        let action = try action(call)
        let workspace = try await call.workspace()
        let job = try await call.job(in: workspace)
        let summary = try await workspace.queue.act(
            action,
            on: JobSelection(numbers: [job.number])
        )
        if let refusal = summary.outcomes.compactMap(\.refusal).first { throw refusal }
        return Reply(QueueActionDocument(summary))
    }

    @Sendable private static func actOnMany(_ call: Call) async throws -> Reply {
        let action = try action(call)
        let states = try call.words("state", as: JobState.self)
        let selection = JobSelection(for: action, tag: try call.query("tag"), in: states)
        let workspace = try await call.workspace()
        return Reply(QueueActionDocument(try await workspace.queue.act(action, on: selection)))
    }
}
