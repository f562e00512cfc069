import ADMCatalog
import ADMModel
import Foundation
import Testing

@testable import ADMScheduling

struct ReactionTests {
    private func reaction(
        to failure: Failure,
        retry: Int = 1,
        limit: Int = 3,
        patience: Double? = nil,
        random: Double = 0.5
    ) -> Reaction {
        Reaction(
            to: failure,
            Reaction.Circumstances(
                retry: retry,
                policy: RetryPolicy(limit: limit, base: 2, cap: 100),
                patience: patience,
                random: random,
                now: Date(timeIntervalSince1970: 1_800_000_000)
            )
        )
    }

    @Test func `a full disk and a locked store of credentials hold the job`() {
        #expect(reaction(to: Failure(.noSpace, "full")) == .pause(.noSpace))
        #expect(reaction(to: Failure(.credentialStore, "locked")) == .pause(.credentialStore))
    }

    @Test(arguments: [Failure.Code.network, .timeout, .resolve, .remoteBusy])
    func `what may pass is tried again as often as the limit says, then the job fails`(
        _ code: Failure.Code
    ) {
        let failure = Failure(code, "it broke")
        #expect(reaction(to: failure, retry: 1) == .tryAgain(after: 1))
        #expect(reaction(to: failure, retry: 3) == .tryAgain(after: 4))
        #expect(reaction(to: failure, retry: 4) == .giveUp(failure))
        #expect(reaction(to: failure, retry: 1, limit: 0) == .giveUp(failure))
    }

    @Test(arguments: [Failure.Code.integrity, .storage, .authentication, .exists])
    func `what does not pass by itself fails at once`(_ code: Failure.Code) {
        let failure = Failure(code, "it is wrong")
        #expect(reaction(to: failure) == .giveUp(failure))
    }

    @Test func `no attempt comes before the time for which the server asked`() {
        let failure = Failure(.remoteBusy, "busy", retryAfter: 90)
        for random in [0, 0.5, 0.999] {
            guard case .tryAgain(let seconds) = reaction(to: failure, random: random) else {
                Issue.record("it is not tried again")
                return
            }
            #expect(seconds >= 90 && seconds <= 91)
        }
    }

    @Test func `somebody who watches is not kept waiting longer than the setting says`() {
        let failure = Failure(.remoteBusy, "busy", retryAfter: 90)
        guard case .giveUp(let told) = reaction(to: failure, patience: 60) else {
            Issue.record("it is tried again")
            return
        }
        #expect(told.message.hasPrefix("busy; it asks to come back after "))
        #expect(told.hint?.contains("--max-retry-after") == true)
        guard case .tryAgain = reaction(to: failure, patience: 90) else {
            Issue.record("it is not tried again")
            return
        }
        // Nobody watches a queue.
        guard case .tryAgain = reaction(to: failure) else {
            Issue.record("it is not tried again")
            return
        }
    }

    @Test func `only a run that ends anyway is asked what a person wants`() {
        #expect(StopReason(.pause) == .pause)
        #expect(StopReason(.cancel) == .cancel)
        #expect(StopReason(.yield) == nil)
        let passing: [StopReason] = [.yield, .shutdown]
        #expect(passing.allSatisfy { $0.leavesJobToOthers })
        let final: [StopReason] = [.interruption, .pause, .cancel]
        #expect(!final.contains { $0.leavesJobToOthers })
    }

    @Test func `the first reason to stop counts, but cancelling beats the others`() {
        let request = StopRequest(atEnd: .shutdown)
        #expect(request.reason == .shutdown)
        request.send(.pause)
        request.sendAtEnd()
        #expect(request.reason == .pause)
        request.send(.cancel)
        request.send(.yield)
        #expect(request.reason == .cancel)
    }
}
