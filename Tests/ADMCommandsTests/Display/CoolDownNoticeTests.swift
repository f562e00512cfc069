import ADMModel
import Foundation
import Testing

@testable import ADMCommands

@Suite struct CoolDownNoticeTests {
    private let now = Date(timeIntervalSince1970: 1_796_000_000)

    private func line(asked: TimeInterval, until: TimeInterval) -> String {
        CoolDownNotice(
            origin: "https://a.org",
            asked: now.addingTimeInterval(asked),
            until: now.addingTimeInterval(until)
        ).line(now: now)
    }

    private func clock(_ seconds: TimeInterval) -> String {
        String(now.addingTimeInterval(seconds).shown.dropFirst(11))
    }

    @Test func `a wait names the server and the time of day, to the second if that is soon`() {
        #expect(
            line(asked: 20, until: 20)
                == "waiting: https://a.org asked to wait until \(clock(20)) (Retry-After)"
        )
    }

    @Test func `a wait that others cut short says when the server is asked again`() {
        let text = line(asked: 90, until: 10)
        #expect(text.hasSuffix("(Retry-After); adm asks again at \(clock(10))"))
    }

    @Test func `a wait until another day has its date`() {
        let text = line(asked: 3 * 86_400, until: 3 * 86_400)
        let day = now.addingTimeInterval(3 * 86_400).shown.dropLast(3)
        #expect(text.contains(" until \(day) (Retry-After)"))
    }
}
