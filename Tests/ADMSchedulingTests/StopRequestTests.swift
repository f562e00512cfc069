import ADMModel
import ADMSystem
import Foundation
import Testing

@testable import ADMCatalog
@testable import ADMScheduling

/// Small values of the scheduler: why a run is stopped, and what people are told of servers that are busy.
@Suite struct StopRequestTests {
    @Test(arguments: [StopReason.interruption, .shutdown])
    func `until somebody says more, the end of the process is the reason`(
        atEnd: StopReason
    ) async {
        let request = StopRequest(atEnd: atEnd)
        #expect(request.reason == atEnd)
        request.sendAtEnd()
        #expect(request.reason == atEnd)
        // Whoever comes later waits no longer either.
        await request.wait()
        await request.wait()
    }

    @Test func `the first reason counts, except that cancelling beats the others`() async {
        let request = StopRequest(atEnd: .shutdown)
        request.send(.pause)
        request.send(.yield)
        #expect(request.reason == .pause)
        request.send(.cancel)
        #expect(request.reason == .cancel)
        request.send(.pause)
        request.sendAtEnd()
        #expect(request.reason == .cancel)
        // Whoever comes later waits no longer either.
        await request.wait()
        await request.wait()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `who waits continues when it is sent or the run ends, and not before`(isSent: Bool) async {
        let request = StopRequest(atEnd: .shutdown)
        let (stream, steps) = AsyncStream.makeStream(of: String.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await request.wait()
                steps.yield("waited")
            }
            for _ in 0..<1000 { await Task.yield() }
            steps.yield("over")
            if isSent { request.send(.pause) } else { request.runEnded() }
        }
        steps.finish()
        var order: [String] = []
        for await step in stream { order.append(step) }
        #expect(order == ["over", "waited"])
        #expect(request.reason == (isSent ? .pause : .shutdown))
    }

    @Test func `what somebody wants is a reason, and a slot that is owed adds nothing`() {
        #expect(StopReason(JobIntent.pause) == .pause)
        #expect(StopReason(JobIntent.cancel) == .cancel)
        #expect(StopReason(JobIntent.yield) == nil)
        let reasons: [StopReason] = [.interruption, .shutdown, .pause, .cancel, .yield]
        #expect(reasons.filter(\.leavesJobToOthers) == [.shutdown, .yield])
    }

    // MARK: - Waits for servers

    private let origin = "http://example.org"

    private func collect(_ stream: AsyncStream<CoolDownNotice>) async -> [CoolDownNotice] {
        var all: [CoolDownNotice] = []
        for await notice in stream { all.append(notice) }
        return all
    }

    @Test func `a wait is told once, and again if it becomes longer by seconds`() async {
        var notices = CoolDownNotices()
        let stream = notices.listen()
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let coolDown = Budget.CoolDown(origin: origin, seconds: 60)
        notices.note(coolDown, until: start)
        notices.note(coolDown, until: start.addingTimeInterval(4))
        notices.note(origin, asked: start.addingTimeInterval(5), until: start)
        notices.note("http://other.org", asked: start, until: start)
        notices.finish()
        notices.note("http://late.org", asked: start, until: start)
        let told = await collect(stream)
        #expect(told.map(\.origin) == [origin, origin, "http://other.org"])
        #expect(told.map(\.asked) == [start, start.addingTimeInterval(5), start])
    }

    @Test func `of origins that jobs wait for only those are told that are not over`() async {
        var notices = CoolDownNotices()
        let stream = notices.listen()
        let now = BootClock.now
        let coolDowns = [
            origin: LedgerCoolDown(until: now + 10_000, asked: now + 60_000, refusals: 1),
            "http://over.org": LedgerCoolDown(until: now - 1, asked: now + 60_000, refusals: 1),
        ]
        let before = Date()
        notices.note([origin, "http://over.org", "http://unknown.org"], in: coolDowns)
        notices.finish()
        let told = await collect(stream)
        #expect(told.map(\.origin) == [origin])
        let wait = told.first.map { $0.until.timeIntervalSince(before) } ?? 0
        let asked = told.first.map { $0.asked.timeIntervalSince(before) } ?? 0
        // What the clocks show differs by what passes between the looks.
        #expect(wait > 5 && wait < 15)
        #expect(abs(asked - wait - 50) < 0.001)
    }
}
