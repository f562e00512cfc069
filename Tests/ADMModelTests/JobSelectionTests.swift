import ADMModel
import Testing

@Suite struct JobSelectionTests {
    private static let actions: [QueueAction] = [
        .pause, .resume, .cancel, .retry(evenSucceeded: false),
    ]

    @Test(arguments: actions)
    func `an action is for the states from which it leads somewhere`(_ action: QueueAction) {
        #expect(!action.states.isEmpty)
        #expect(!action.states.contains(.succeeded))
        #expect(JobSelection(for: action, tag: nil, in: []).states == action.states)
        let chosen = JobSelection(for: action, tag: "night", in: [.paused])
        #expect(chosen == JobSelection(tag: "night", states: [.paused]))
    }

    @Test func `a job whose state has no use for the action is refused`() {
        let outcomes = [
            QueueActionOutcome(number: 1, from: .ready, result: .changed(to: .paused)),
            QueueActionOutcome(number: 2, from: .running, result: .requested),
            QueueActionOutcome(number: 3, from: .succeeded, result: .unchanged),
        ]
        let refusals = outcomes.compactMap(\.refusal)
        #expect(refusals.map(\.code) == [.exists])
        #expect(refusals.first?.message == "job 3 is succeeded: nothing to do")
    }
}
