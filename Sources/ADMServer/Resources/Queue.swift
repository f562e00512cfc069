import ADMDocuments
import ADMEngine
import ADMModel

/// What is not finished, and what is.
enum Queue {
    static let operations = [
        Operation(
            .get,
            API.workspace + "/queue",
            "listQueue",
            "List what runs and what comes next, in the order in which it is run, then what waits.",
            needs: .read,
            parameters: [.limit],
            answers: [Operation.Answer(200, "The jobs.", .list(ListedJobDocument.shape))]
        ) { call in
            let limit = try call.limit()
            let workspace = try await call.workspace()
            return Reply(ListedJobDocument.all(try await workspace.unfinished(limit: limit)))
        },
        Operation(
            .get,
            API.workspace + "/history",
            "listHistory",
            "List finished jobs, latest first.",
            needs: .read,
            parameters: [.finalState, .limit],
            answers: [Operation.Answer(200, "The jobs.", .list(ListedJobDocument.shape))]
        ) { call in
            let limit = try call.limit()
            let states = try call.words("state", as: FinalState.self)
            let wanted = states.isEmpty ? Set(FinalState.allCases) : states
            let workspace = try await call.workspace()
            let found = try await workspace.history(in: Set(wanted.map(\.state)), limit: limit)
            return Reply(ListedJobDocument.all(found))
        },
    ]
}

/// The states of finished jobs.
private enum FinalState: String, CaseIterable {
    case succeeded, failed, cancelled

    var state: JobState {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }
}

extension Operation.Parameter {
    fileprivate static let finalState = Operation.Parameter(
        "state",
        "Only jobs in this state. May be repeated.",
        .words(FinalState.allCases.map(\.rawValue)),
        isRepeated: true
    )
}
